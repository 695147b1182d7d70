drop table if exists work.current;

delete from work.sought
;

update work.choice
set is_cut = false
;

drop table work.current;

delete from work.sought
;

update work.choice
set is_cut = false
;

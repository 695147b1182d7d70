create table work.current as
select *
from ledger.current
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.sought)
;

update work.choice
set is_cut = true
;

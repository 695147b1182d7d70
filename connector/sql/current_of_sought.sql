create table work.current as
select order_id, run_id, row_hash, payload_md5, outcome
from ledger.current
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.sought)
;

update work.choice
set is_cut = true
;

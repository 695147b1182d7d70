-- Keep only what was sent last of an order. Most ledgers have nothing older, and then the orders of
-- the run are not read: no run has the number null.
create or replace temp table older as
select order_id, run_id
from ledger.payloads
where destination = $destination and environment = $environment and run_id < $run_id
;

create or replace temp table outdated as
select order_id, run_id
from older
where order_id in (
    select order_id from ledger.kept where run_id = (select max($run_id::integer) from older)
)
;

delete from ledger.payloads
where (order_id, run_id) in (from outdated)
;

drop table outdated
;

drop table older
;

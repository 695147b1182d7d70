-- Keep only the last sent payload of an order.
create or replace temp table outdated as
select order_id, run_id
from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and run_id < $run_id
    and order_id in (
        select order_id
        from ledger.payloads
        where destination = $destination and environment = $environment and run_id = $run_id
    )
;

delete from ledger.payloads
where (order_id, run_id) in (from outdated)
;

drop table outdated
;

create or replace temp table unsent as
select order_id
from work.planned
where position not in (select position from work.sent);

delete from ledger.planned
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id in (select order_id from unsent)
;

-- What was delivered is no intent any more, but what a later send depends on.
delete from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id in (select order_id from unsent)
    and order_id not in (
        select order_id
        from ledger.deliveries
        where destination = $destination and environment = $environment and run_id = $run_id
    )
;

-- A delivered payload is kept, since later sends depend on it; it is not an intent any more.
delete from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id not in (select order_id from work.sent)
    and order_id not in (
        select order_id
        from ledger.deliveries
        where destination = $destination and environment = $environment and run_id = $run_id
    )
;

-- What was delivered is no intent any more, but what a later send depends on.
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

-- Deletes the payloads of a run that were neither delivered nor may have arrived. Delivered ones
-- stay, since later sends depend on them.
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

delete from ledger.on_wire
where
    run_id = $run_id
    and order_id in (
        select order_id
        from ledger.deliveries
        where run_id = $run_id and outcome in ('delivered', 'removed')
    )
;

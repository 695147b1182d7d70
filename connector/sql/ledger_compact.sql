delete from ledger.planned
where
    destination = $destination
    and environment = $environment
    and (order_id, run_id) not in (
        select (order_id, run_id)
        from ledger.in_doubt
        where destination = $destination and environment = $environment
    )
;

delete from ledger.deliveries
where
    destination = $destination
    and environment = $environment
    and recorded_at < now() - to_days($days)
    and (order_id, run_id) in (
        select (order_id, run_id)
        from ledger.superseded
        where destination = $destination and environment = $environment
    )
;

delete from ledger.superseded
where
    destination = $destination
    and environment = $environment
    and (order_id, run_id) not in (
        select (order_id, run_id)
        from ledger.deliveries
        where destination = $destination and environment = $environment
    )
;

delete from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and (order_id, run_id) not in (
        select (order_id, max(run_id))
        from ledger.payloads
        where destination = $destination and environment = $environment
        group by order_id
    )
;

select
    (
        select count(*)
        from ledger.current
        where destination = $destination and environment = $environment and outcome = 'delivered'
    ) as delivered,
    (
        select count(*)
        from ledger.current
        where destination = $destination and environment = $environment and outcome = 'refused'
    ) as refused,
    (
        select count(distinct order_id)
        from ledger.in_doubt
        where destination = $destination and environment = $environment
    ) as in_doubt,
    (
        select count(distinct order_id)
        from ledger.violations
        where destination = $destination and environment = $environment and severity = 'error'
    ) as invalid

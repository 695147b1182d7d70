-- How many orders count as delivered. What was superseded is subtracted by number, as that needs no
-- look at each of millions of orders.
select
    (
        select count(*)
        from ledger.deliveries
        where destination = $destination and environment = $environment and outcome = 'delivered'
    ) - (
        select count(*)
        from ledger.superseded
        where destination = $destination and environment = $environment
    )
    + (
        select count(*)
        from ledger.deliveries
        semi join ledger.superseded using (destination, environment, order_id, run_id)
        where destination = $destination and environment = $environment and outcome <> 'delivered'
    )

-- The run that delivered what the destination has of an order that is refused, or invalid as
-- staged.
select run_id
from ledger.current
where
    destination = $destination
    and environment = $environment
    and order_id = $order_id
    and outcome = 'delivered'
    and (
        $order_id in (select order_id from work.invalid)
        or $order_id in (
            select order_id
            from ledger.current
            where destination = $destination and environment = $environment and outcome = 'refused'
        )
    )

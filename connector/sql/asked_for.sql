select count(*)
from work.sought
where
    order_id not in (
        select order_id
        from ledger.removals
        where destination = $destination and environment = $environment
    )

-- Orders that were delivered since the ledger can be believed.
select count(*) as orders
from ledger.current
where
    destination = $destination
    and environment = $environment
    and outcome = 'delivered'
    and run_id >= (
        select coalesce(max(run_id), 0)
        from ledger.distrusted
        where destination = $destination and environment = $environment
    )

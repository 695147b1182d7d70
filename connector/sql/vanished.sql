-- Delivered orders, and orders in doubt, that are gone from the view since a run last took note.
create or replace table work.vanished as
with remembered as (
    select order_id, true as is_delivered
    from ledger.current
    where destination = $destination and environment = $environment and outcome = 'delivered'

    union all

    select order_id, false
    from ledger.in_doubt
    where destination = $destination and environment = $environment
)

select order_id, bool_or(is_delivered) as is_delivered
from remembered
where
    not (select is_windowed from work.choice)
    and order_id not in (select order_id from work.snapshot)
    and order_id not in (
        select order_id
        from ledger.removals
        where destination = $destination and environment = $environment
    )
group by order_id

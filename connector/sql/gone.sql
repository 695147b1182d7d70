-- Orders that were delivered, or are in doubt, and are not in the view, as far as it was read.
create table work.gone as
with remembered as (
    select order_id, run_id as delivered_run from work.current where outcome = 'delivered'

    union all by name

    select order_id from work.doubts
)

select
    order_id,
    max(delivered_run) as delivered_run,
    order_id in (
        select order_id
        from ledger.removals
        where destination = $destination and environment = $environment
    ) as is_noted
from remembered
where
    order_id not in (select order_id from work.snapshot)
    and $is_any
group by order_id
;

-- Orders that count for nothing, and are left at the destination as they are.
create table work.left as
select
    order_id,
    order_id in (
        select order_id
        from ledger.removals
        where destination = $destination and environment = $environment
    ) as is_noted
from plan.changes
where state = 'not_sent' and is_held

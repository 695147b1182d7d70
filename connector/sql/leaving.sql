-- Orders that the destination is to give up: delivered or in doubt there, and gone from the view
-- (if they are not only reported), or about to be sent under another identity.
create table work.leaving as
with held as (
    select order_id, run_id as delivered_run
    from ledger.current
    where destination = $destination and environment = $environment and outcome = 'delivered'

    union by name

    select distinct order_id
    from ledger.in_doubt
    where destination = $destination and environment = $environment
),

grouped as (
    select order_id, max(delivered_run) as delivered_run
    from held
    where
        ($removes and order_id not in (select order_id from work.snapshot))
        or order_id in (select order_id from work.replaced)
    group by order_id
),

refused as (
    from ledger.current
    where destination = $destination and environment = $environment and outcome = 'refused'
),

last_sent as (
    from ledger.last_sent where destination = $destination and environment = $environment
)

select
    grouped.order_id,
    grouped.delivered_run,
    refused.run_id as refused_run,
    refused.payload_md5 as refused_md5,
    last_sent.payload
from grouped
left join refused using (order_id)
left join last_sent using (order_id)

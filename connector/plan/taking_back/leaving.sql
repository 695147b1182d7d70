-- name: leaving
-- Orders to take back: delivered or in doubt, and now gone from the view (unless these are only
-- reported), about to be sent under another identity, or found at the destination beside the right
-- record. Where the ledger has only the identifying members of an order, it does not know what was
-- sent.
create or replace table work.leaving as
with held as (
    select order_id, delivered_run
    from work.gone
    where $removes and ($everything or order_id in (select order_id from work.retried))

    union all by name

    select order_id, delivered_run
    from plan.planned
    where delivered_run is not null and order_id in (select order_id from work.replaced)

    union all by name

    select order_id from work.doubts where order_id in (select order_id from work.replaced)

    union all by name

    select order_id from work.surplus
),

grouped as (
    select order_id, max(delivered_run) as delivered_run from held group by order_id
),

delivered as (from work.current where outcome = 'delivered'),

refused as (from work.current where outcome = 'refused'),

unremoved as (from work.current where outcome = 'removal_refused'),

removed as (
    select order_id, max(run_id) as run_id
    from work.current
    where outcome = 'removed'
    group by order_id
),

latest as (
    select order_id, arg_max(rowid, run_id) as place
    from ledger.payloads
    where
        destination = $destination
        and environment = $environment
        and order_id in (select order_id from grouped)
    group by order_id
),

last_sent as (
    select latest.order_id, payloads.payload
    from ledger.payloads as payloads
    inner join latest on latest.place = payloads.rowid
)

select
    grouped.order_id,
    grouped.delivered_run,
    -- The removal of a planned order's record in this run has superseded these.
    if(planned.order_id is null, refused.run_id, planned.refused_run) as refused_run,
    -- This run may just have taken a record of the order back.
    greatest(removed.run_id, planned.removed_run) as removed_run,
    delivered.order_id is not null
    and grouped.order_id not in (select order_id from work.doubts)
    and surplus.order_id is null as is_certain,
    delivered.payload_md5 as delivered_md5,
    if(planned.order_id is null, unremoved.run_id, planned.unremoved_run) as unremoved_run,
    unremoved.payload_md5 as unremoved_md5,
    coalesce(
        surplus.payload,
        case when json_exists(last_sent.payload, $key) then last_sent.payload end
    ) as payload
from grouped
left join delivered using (order_id)
left join refused using (order_id)
left join unremoved using (order_id)
left join removed using (order_id)
left join last_sent using (order_id)
left join work.surplus as surplus using (order_id)
left join plan.planned as planned using (order_id)
;

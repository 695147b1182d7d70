with
    all_orders as (select * from {{ ref("northbeam__orders") }}),

    runs as (select * from {{ ref("stg_connector__runs") }}),

    deliveries as (select * from {{ ref("stg_connector__orders") }}),

    -- Cancelled orders and drafts are not sent, or were taken back.
    orders as (
        select *
        from all_orders
        where
            _lifecycle is null
            or _lifecycle not in ('cancelled', 'failed', 'draft', 'abandoned', 'not_an_order')
    ),

    own_runs as (
        select *
        from runs
        where destination = 'northbeam' and environment = '{{ var("connector_environment") }}'
    ),

    own_deliveries as (
        select *
        from deliveries
        where destination = 'northbeam' and environment = '{{ var("connector_environment") }}'
    ),

    -- After such a run, the destination had every valid order as of the start of the run.
    successes as (select max(started_at) as verified_at from own_runs where is_success),

    joined as (
        select
            orders.order_id,
            orders.time_of_purchase as ordered_at,
            coalesce(orders._changed_at, orders.time_of_purchase) as changed_at,
            coalesce(own_deliveries.status, 'pending') as status,
            own_deliveries.reason,
            own_deliveries.delivered_at,
            greatest(own_runs.started_at, successes.verified_at) as verified_at
        from orders
        left join own_deliveries on orders.order_id = own_deliveries.order_id
        left join own_runs on own_deliveries.delivered_run_id = own_runs.run_id
        cross join successes
    ),

    judged as (
        select *, coalesce(status = 'delivered' and changed_at <= verified_at, false) as is_current
        from joined
    ),

    measured as (
        select
            order_id,
            ordered_at,
            changed_at,
            status,
            reason,
            delivered_at,
            is_current,
            case
                when is_current and delivered_at >= changed_at
                then cast({{ dbt.datediff("changed_at", "delivered_at", "second") }} as bigint)
            end as lag_seconds,
            case
                when not is_current
                then cast({{ dbt.datediff("changed_at", "current_timestamp", "second") }} as bigint)
            end as waiting_seconds
        from judged
    )

select *
from measured

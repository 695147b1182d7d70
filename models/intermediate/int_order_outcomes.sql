with
    orders as (select * from {{ ref("placed_orders") }}),

    amounts as (select * from {{ ref("int_order_amounts") }}),

    refunds as (select * from {{ ref("refunds") }}),

    totals as (
        select order_id, sum(refund_amount) as refunded_amount from refunds group by order_id
    ),

    joined as (
        select
            orders.order_id,
            orders.lifecycle,
            orders.is_in_progress,
            amounts.total_amount,
            cast(coalesce(totals.refunded_amount, 0) as decimal(18, 4)) as refunded_amount
        from orders
        left join amounts on orders.order_id = amounts.order_id
        left join totals on orders.order_id = totals.order_id
    ),

    -- What is paid back whole is cancelled, whatever became of the parcel.
    staged as (
        select
            order_id,
            refunded_amount,
            cast(
                greatest(total_amount - refunded_amount, least(total_amount, 0)) as decimal(18, 4)
            ) as remaining_amount,
            case
                when lifecycle in ('cancelled', 'failed', 'refunded')
                then 'CANCELLED'
                when lifecycle = 'abandoned'
                then 'ABANDONED_SHOPPING_CART'
                when refunded_amount > 0 and refunded_amount >= total_amount
                then 'CANCELLED'
                when is_in_progress
                then 'IN_PROGRESS'
                when lifecycle = 'completed'
                then 'DELIVERED'
                else 'INITIALIZED'
            end as progress_status
        from joined
    )

select *
from staged

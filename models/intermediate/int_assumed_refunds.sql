with
    orders as (select * from {{ ref("int_placed_orders") }}),

    amounts as (select * from {{ ref("int_order_amounts") }}),

    refunds as (select * from {{ ref("int_recorded_refunds") }}),

    recorded as (select order_id from refunds group by order_id having sum(refund_amount) > 0),

    -- An order whose status says refunded, but that has no refund, returned all of its money.
    assumed as (
        select
            concat('refund-of-', orders.order_id) as refund_id,
            orders.order_id,
            orders.updated_at as refunded_at,
            orders.updated_at,
            amounts.total_amount as refund_amount,
            cast(
                greatest(0, least(amounts.tax_amount, amounts.total_amount)) as decimal(18, 4)
            ) as tax_amount,
            cast(
                greatest(0, least(amounts.shipping_amount, amounts.total_amount)) as decimal(18, 4)
            ) as shipping_amount
        from orders
        inner join amounts on orders.order_id = amounts.order_id
        left join recorded on orders.order_id = recorded.order_id
        where
            orders.lifecycle = 'refunded' and amounts.total_amount > 0 and recorded.order_id is null
    )

select *
from assumed

-- Integrity: the products of an order have all of the money of its refunds to the cent, and no line
-- of an order more units returned than were sold.
{{ config(severity="warn") }}
with
    refunded_products as (
        select order_id, sum(refund_amount) as refund_amount
        from {{ ref("order_refunds") }}
        group by order_id
    ),

    refunded_orders as (
        select order_id, sum(refund_amount) as refund_amount
        from {{ ref("refunds") }}
        group by order_id
    ),

    orders_with_products as (select distinct order_id from {{ ref("order_products") }}),

    returned_lines as (
        select order_id, line_id, sum(quantity) as quantity
        from {{ ref("refund_items") }}
        group by order_id, line_id
    )

select refunded_orders.order_id
from refunded_orders
inner join orders_with_products on refunded_orders.order_id = orders_with_products.order_id
left join refunded_products on refunded_orders.order_id = refunded_products.order_id
where refunded_orders.refund_amount <> coalesce(refunded_products.refund_amount, 0)
union all
select items.order_id
from {{ ref("order_items") }} as items
inner join
    returned_lines
    on items.order_id = returned_lines.order_id
    and items.line_id = returned_lines.line_id
where returned_lines.quantity > items.quantity

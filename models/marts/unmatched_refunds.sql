with
    orders as (select * from {{ ref("placed_orders") }}),

    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    refund_lines as (select * from {{ ref("stg_oms__refund_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    judged as (
        select
            cast(refund_lines.refund_line_id as varchar) as refund_line_id,
            refund_lines.refund_id,
            refunds.order_id,
            refund_lines.product_id,
            coalesce(products.product_type, 'goods') as product_type,
            case when orders.order_id is null then 'no order' else 'no product' end as reason,
            refund_lines.quantity,
            cast(refund_lines.amount + refund_lines.tax_amount as decimal(18, 4)) as refund_amount,
            refunds.refunded_at
        from refund_lines
        inner join refunds on refund_lines.refund_id = refunds.refund_id
        left join orders on refunds.order_id = orders.order_id
        left join products on refund_lines.product_id = products.product_id
    ),

    unmatched as (select * from judged where reason = 'no order' or product_type <> 'goods')

select *
from unmatched

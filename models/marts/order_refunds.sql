with
    orders as (select * from {{ ref("placed_orders") }}),

    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    refund_lines as (select * from {{ ref("stg_oms__refund_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    -- What has no order, or is no product, is in unmatched_refunds.
    grouped as (
        select
            refunds.order_id,
            refunds.refund_id,
            refund_lines.product_id,
            refund_lines.variant_id,
            refunds.reason,
            refunds.refunded_at,
            refunds.updated_at,
            cast(sum(refund_lines.quantity) as decimal(18, 6)) as quantity,
            cast(sum(refund_lines.tax_amount) as decimal(18, 4)) as tax_amount,
            cast(
                sum(refund_lines.amount + refund_lines.tax_amount) as decimal(18, 4)
            ) as refund_amount,
            cast(
                sum(
                    refund_lines.amount + refund_lines.tax_amount + refund_lines.overhead_cost
                ) as decimal(18, 4)
            ) as refund_cost
        from refund_lines
        inner join refunds on refund_lines.refund_id = refunds.refund_id
        inner join orders on refunds.order_id = orders.order_id
        left join products on refund_lines.product_id = products.product_id
        where coalesce(products.product_type, 'goods') = 'goods'
        group by all
    ),

    numbered as (
        select
            order_id,
            cast(
                row_number() over (
                    partition by order_id order by refunded_at, refund_id, product_id, variant_id
                ) as integer
            ) as position,
            refund_id,
            product_id,
            variant_id,
            quantity,
            refund_amount,
            tax_amount,
            refund_cost,
            reason,
            refunded_at,
            updated_at
        from grouped
    )

select *
from numbered

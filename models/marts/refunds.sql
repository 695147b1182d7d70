with
    orders as (select * from {{ ref("placed_orders") }}),

    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    refund_lines as (select * from {{ ref("stg_oms__refund_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    -- Carriage and fees are money returned, too; order_refunds has the goods alone.
    totals as (
        select
            refund_lines.refund_id,
            sum(refund_lines.amount + refund_lines.tax_amount) as refund_amount,
            sum(refund_lines.tax_amount) as tax_amount,
            sum(refund_lines.amount) filter (
                where products.product_type = 'carriage'
            ) as shipping_amount
        from refund_lines
        left join products on refund_lines.product_id = products.product_id
        group by refund_lines.refund_id
    ),

    joined as (
        select
            refunds.order_id,
            cast(
                row_number() over (
                    partition by refunds.order_id order by refunds.refunded_at, refunds.refund_id
                ) as integer
            ) as position,
            refunds.refund_id,
            cast(coalesce(totals.refund_amount, 0) as decimal(18, 4)) as refund_amount,
            cast(coalesce(totals.tax_amount, 0) as decimal(18, 4)) as tax_amount,
            cast(coalesce(totals.shipping_amount, 0) as decimal(18, 4)) as shipping_amount,
            case when refunds.reason is not null then [refunds.reason] end as refund_tags,
            refunds.refunded_at,
            refunds.updated_at
        from refunds
        inner join orders on refunds.order_id = orders.order_id
        left join totals on refunds.refund_id = totals.refund_id
    )

select *
from joined

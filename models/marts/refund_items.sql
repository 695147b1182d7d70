with
    orders as (select * from {{ ref("placed_orders") }}),

    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    refund_lines as (select * from {{ ref("stg_oms__refund_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    lines as (select * from {{ ref("order_lines") }}),

    -- What has no order, or is no product, is in unmatched_refunds.
    returned as (
        select
            refunds.order_id,
            refund_lines.refund_id,
            refund_lines.refund_line_id,
            refund_lines.product_id,
            refund_lines.variant_id,
            refund_lines.quantity,
            refund_lines.amount,
            orders.currency
        from refund_lines
        inner join refunds on refund_lines.refund_id = refunds.refund_id
        inner join orders on refunds.order_id = orders.order_id
        left join products on refund_lines.product_id = products.product_id
        where coalesce(products.product_type, 'goods') = 'goods'
    ),

    -- A refund does not name its line: the first one with that product, variant and enough units.
    matched as (
        select
            returned.refund_line_id,
            arg_min(
                lines.order_line_id, (lines.quantity < returned.quantity, lines.order_line_id)
            ) as order_line_id
        from returned
        inner join
            lines
            on returned.order_id = lines.order_id
            and returned.product_id = lines.product_id
            and returned.variant_id is not distinct from lines.variant_id
        where lines.line_type = 'goods'
        group by returned.refund_line_id
    ),

    priced as (
        select
            returned.order_id,
            returned.refund_id,
            returned.refund_line_id as position,
            cast(returned.refund_line_id as varchar) as refund_line_id,
            cast(matched.order_line_id as varchar) as line_id,
            returned.product_id,
            coalesce(returned.variant_id, returned.product_id) as variant_or_product_id,
            returned.quantity,
            {{ net_unit_price("returned.amount", "returned.quantity", "returned.amount") }}
            as unit_price,
            returned.currency
        from returned
        left join matched on returned.refund_line_id = matched.refund_line_id
    )

select *
from priced

with
    refund_lines as (select * from {{ ref("int_refund_lines") }}),

    lines as (select * from {{ ref("int_order_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    -- Goods taken in exchange were sold: they become a line of the order, after all others.
    sold as (
        select
            refund_lines.refund_line_id + 4611686018427387904 as order_line_id,
            refund_lines.order_id,
            coalesce(refund_lines.product_id, 'custom-item') as product_id,
            refund_lines.variant_id,
            coalesce(
                lines.product_name, products.product_name, refund_lines.product_id, 'Custom item'
            ) as product_name,
            case when refund_lines.quantity = 0 then 1 else refund_lines.quantity end as quantity,
            - refund_lines.amount as net_amount,
            - refund_lines.tax_amount as tax_amount
        from refund_lines
        left join
            lines
            on refund_lines.order_id = lines.order_id
            and refund_lines.order_line_id = lines.order_line_id
        left join products on refund_lines.product_id = products.product_id
        where refund_lines.line_type = 'exchange'
    ),

    priced as (
        select
            order_line_id,
            order_id,
            product_id,
            variant_id,
            product_name,
            cast(quantity as decimal(18, 6)) as quantity,
            {{ net_unit_price("net_amount", "quantity", "net_amount") }} as unit_price,
            cast(net_amount as decimal(18, 4)) as net_amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount
        from sold
    )

select *
from priced

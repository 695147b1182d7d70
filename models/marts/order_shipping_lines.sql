with
    orders as (select * from {{ ref("placed_orders") }}),

    lines as (select * from {{ ref("order_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    -- Shipping stands in the header of an order, or as carriage among its lines.
    charged as (
        select
            order_id,
            0 as order_line_id,
            'Shipping' as title,
            shipping_amount as gross_amount,
            shipping_amount as net_amount
        from orders
        where shipping_amount <> 0
        union all
        select
            lines.order_id,
            lines.order_line_id,
            products.product_name as title,
            lines.gross_amount,
            lines.net_amount
        from lines
        left join products on lines.product_id = products.product_id
        where lines.line_type = 'carriage'
    ),

    numbered as (
        select
            order_id,
            cast(
                row_number() over (partition by order_id order by order_line_id) as integer
            ) as position,
            title,
            gross_amount,
            net_amount
        from charged
    )

select *
from numbered

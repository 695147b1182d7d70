-- Integrity: lines, and products as far as lines are goods, hold the money of the order
-- system's lines to the cent.
with
    system_totals as (
        select
            lines.order_id,
            sum(
                cast(round(lines.quantity * lines.unit_price, 2) as decimal(18, 2))
            ) as gross_amount,
            sum(lines.tax_amount) as tax_amount,
            sum(lines.quantity) as quantity
        from {{ ref("stg_oms__order_lines") }} as lines
        group by lines.order_id
    ),

    line_totals as (
        select
            order_id,
            sum(gross_amount) as gross_amount,
            sum(tax_amount) as tax_amount,
            sum(quantity) as quantity,
            sum(net_amount) filter (where line_type = 'goods') as goods_amount
        from {{ ref("order_lines") }}
        group by order_id
    ),

    product_totals as (
        select order_id, sum(net_amount) as goods_amount
        from {{ ref("order_products") }}
        group by order_id
    )

select orders.order_id
from {{ ref("orders") }} as orders
left join system_totals on orders.order_id = system_totals.order_id
left join line_totals on orders.order_id = line_totals.order_id
left join product_totals on orders.order_id = product_totals.order_id
where
    system_totals.gross_amount is distinct from line_totals.gross_amount
    or system_totals.tax_amount is distinct from line_totals.tax_amount
    or system_totals.quantity is distinct from line_totals.quantity
    or line_totals.goods_amount is distinct from product_totals.goods_amount

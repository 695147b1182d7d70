-- Integrity: lines hold the money of the order system's lines, and products that of the lines that
-- are goods, to the cent. A gift card is sold for nothing, as it counts when it is redeemed.
{{ config(severity="warn") }}
with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    system_totals as (
        select
            lines.order_id,
            count(*) as line_count,
            sum(lines.quantity) as quantity,
            sum(
                case
                    when lines.is_gift_card
                    then 0
                    else
                        {{
                            round_amount(
                                "cast(lines.quantity as decimal(20, 6)) * lines.unit_price",
                                "currencies.currency_digits",
                            )
                        }}
                end
            ) as gross_amount
        from {{ ref("stg_oms__order_lines") }} as lines
        inner join currencies on lines.order_id = currencies.order_id
        group by lines.order_id
    ),

    line_totals as (
        select
            order_id,
            count(*) as line_count,
            sum(quantity) as quantity,
            sum(gross_amount) as gross_amount
        from {{ ref("int_order_lines") }}
        group by order_id
    ),

    goods_totals as (
        select order_id, sum(net_amount) as goods_amount
        from {{ ref("int_priced_lines") }}
        where line_type = 'goods'
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
left join goods_totals on orders.order_id = goods_totals.order_id
left join product_totals on orders.order_id = product_totals.order_id
where
    system_totals.line_count is distinct from line_totals.line_count
    or system_totals.quantity is distinct from line_totals.quantity
    or system_totals.gross_amount is distinct from line_totals.gross_amount
    or goods_totals.goods_amount is distinct from product_totals.goods_amount

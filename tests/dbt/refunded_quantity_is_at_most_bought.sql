-- No more is refunded of a product than was bought; what is more goes as money.
{{ config(severity="warn") }}
with
    refunded as (
        select order_id, product_id, sum(quantity) as quantity
        from {{ ref("int_refund_lines") }}
        where line_type = 'goods'
        group by order_id, product_id
    ),

    bought as (
        select order_id, product_id, sum(quantity) as quantity
        from {{ ref("order_products") }}
        group by order_id, product_id
    )

select refunded.*, bought.quantity as bought_quantity
from refunded
inner join bought on refunded.order_id = bought.order_id and refunded.product_id = bought.product_id
where refunded.quantity > bought.quantity

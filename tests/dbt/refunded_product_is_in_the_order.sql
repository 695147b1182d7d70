-- A refunded product was bought in the same order; what was not goes as money.
{{ config(severity="warn") }}
select refunds.order_id, refunds.refund_id, refunds.product_id
from {{ ref("int_refund_lines") }} as refunds
where
    refunds.line_type = 'goods'
    and not exists (
        select 1
        from {{ ref("order_products") }} as products
        where products.order_id = refunds.order_id and products.product_id = refunds.product_id
    )

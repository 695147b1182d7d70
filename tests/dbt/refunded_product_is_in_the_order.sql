-- A refunded product was bought in the same order.
{{ config(severity="warn") }}
select refunds.order_id, refunds.refund_id, refunds.product_id
from {{ ref("order_refunds") }} as refunds
where
    not exists (
        select 1
        from {{ ref("order_products") }} as products
        where products.order_id = refunds.order_id and products.product_id = refunds.product_id
    )

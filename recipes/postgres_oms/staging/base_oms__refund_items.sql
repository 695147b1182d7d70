{# Items of refunds with the product that was returned, one row each. #}
{{ config(contract={"enforced": false}) }}

with
    refund_items as (select * from {{ source("shop", "refund_items") }}),

    items as (select * from {{ source("shop", "order_items") }})

select refund_items.*, items.product_id
from refund_items
left join items on refund_items.order_item_id = items.id

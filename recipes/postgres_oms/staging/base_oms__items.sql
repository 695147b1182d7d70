{# Items of orders with their product, one row each. #}
{{ config(contract={"enforced": false}) }}

with
    items as (select * from {{ source("shop", "order_items") }}),

    products as (select * from {{ source("shop", "products") }}),

    orders as (select * from {{ source("shop", "orders") }})

select items.*, products.name, products.kind, orders.placed_at
from items
inner join orders on items.order_id = orders.id
left join products on items.product_id = products.id

-- An order has a product; one of fees alone has none.
{{ config(severity="warn") }}
select order_id
from {{ ref("orders") }}
where order_id not in (select order_id from {{ ref("order_products") }})

-- An order has a product; one of fees alone has none.
{{ config(severity="warn") }}
select orders.order_id
from {{ ref("orders") }} as orders
left join {{ ref("order_products") }} as products on orders.order_id = products.order_id
where products.order_id is null

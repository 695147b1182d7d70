-- Nobody buys fewer than none; stock that is written off looks like that.
{{ config(severity="warn") }}
select order_id, product_id, quantity
from {{ ref("order_products") }}
where quantity < 0

-- The parts of an order make its total.
{{ config(severity="warn") }}
select order_id, total_amount
from {{ ref("orders") }}
where total_amount <> product_amount + shipping_amount + fee_amount + tax_amount

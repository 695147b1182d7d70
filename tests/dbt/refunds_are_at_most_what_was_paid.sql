-- No more is given back than was paid.
{{ config(severity="warn") }}
select order_id, total_amount, refunded_amount
from {{ ref("orders") }}
where refunded_amount > total_amount

-- A refund that names an order names one that is there.
{{ config(severity='warn') }}
select order_id, refund_id
from {{ ref('order_refunds') }}
where order_id not in (select order_id from {{ ref('orders') }})

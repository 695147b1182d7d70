-- Net unit prices, as rounded as they are, make the net amount of the products of an order.
{{ config(severity="warn") }}
select
    order_id,
    sum(net_amount) as net_amount,
    sum(cast(unit_price as decimal(20, 6)) * quantity) as priced_amount
from {{ ref("order_products") }}
group by order_id
having abs(sum(net_amount) - sum(cast(unit_price as decimal(20, 6)) * quantity)) > 0.01

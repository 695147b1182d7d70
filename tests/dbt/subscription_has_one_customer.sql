-- A subscription is of one customer; each customer of a shared one has a first order.
{{ config(severity="warn") }}
select subscription_id, count(distinct person) as customer_count
from {{ ref("int_order_subscriptions") }}
where subscription_count = 1
group by subscription_id
having count(distinct person) > 1

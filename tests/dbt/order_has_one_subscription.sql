-- An order names one subscription; the destinations are told the first of several.
{{ config(severity="warn") }}
select order_id, subscription_count
from {{ ref("int_order_subscriptions") }}
where subscription_count > 1

{# Orders that begin or renew a subscription, one row each. #}
{{ config(contract={"enforced": false}) }}

with
    subscriptions as (select * from {{ source("woocommerce", "subscriptions") }}),

    orders as (select * from {{ source("woocommerce", "orders") }}),

    entries as (
        select
            id as order_id,
            unnest(from_json(meta_data, '[{"key": "varchar", "value": "json"}]')) as entry
        from orders
    ),

    united as (
        select parent_id as order_id, cast(id as varchar) as subscription_id, false as is_renewal
        from subscriptions
        where parent_id <> 0
        union all
        select order_id, entry.value ->> '$' as subscription_id, true as is_renewal
        from entries
        where entry.key = '_subscription_renewal'
    )

select order_id, min(subscription_id) as subscription_id, bool_or(is_renewal) as is_renewal
from united
group by order_id

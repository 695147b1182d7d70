with
    orders as (select * from {{ ref("int_placed_orders") }}),

    channels as (select * from {{ ref("sales_channels") }}),

    -- One row per spelling, so that a channel listed twice cannot duplicate orders.
    spellings as (
        select
            {{ matching_key("channel") }} as channel_key,
            min(sales_source) as sales_source,
            bool_and(has_pixel) as has_pixel
        from channels
        group by {{ matching_key("channel") }}
    ),

    -- A channel that is not in the seed is neither online nor offline.
    matched as (
        select
            orders.order_id,
            orders.channel,
            spellings.sales_source,
            coalesce(
                spellings.has_pixel, spellings.sales_source is distinct from 'offline'
            ) as has_pixel
        from orders
        left join spellings on {{ matching_key("orders.channel") }} = spellings.channel_key
    )

select *
from matched

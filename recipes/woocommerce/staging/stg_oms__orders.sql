with
    source as (select * from {{ source("woocommerce", "orders") }}),

    lines as (
        select order_id, sum(subtotal) as subtotal, sum(subtotal - total) as discount
        from {{ ref("base_oms__line_items") }}
        group by order_id
    ),

    subscription_orders as (select * from {{ ref("base_oms__subscription_orders") }}),

    fee_lines as (
        select id as order_id, unnest(from_json(fee_lines, '[{"total": "decimal(18, 6)"}]')) as fee
        from source
    ),

    fees as (select order_id, sum(fee.total) as amount from fee_lines group by order_id),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(source.id as varchar)") }} as order_id,
            cast(nullif(source.customer_id, 0) as varchar) as customer_id,
            cast(source.id as varchar) as shipping_address_id,
            subscription_orders.subscription_id,
            cast(null as varchar) as marketplace_order_id,

            -- text: a guest has no row in the customers
            case
                when source.customer_id = 0 then {{ clean_text("source.billing ->> 'email'") }}
            end as guest_email,
            case
                when source.customer_id = 0 then {{ clean_text("source.billing ->> 'phone'") }}
            end as guest_phone,
            case
                when source.customer_id = 0 then {{ clean_text("source.billing ->> 'first_name'") }}
            end as guest_first_name,
            case
                when source.customer_id = 0 then {{ clean_text("source.billing ->> 'last_name'") }}
            end as guest_last_name,
            {{ clean_text("source.status") }} as order_status,
            case
                when source.created_via in ('checkout', 'store-api')
                then 'checkout'
                when source.created_via = 'admin'
                then 'back-office'
                when source.created_via = 'pos-rest-api'
                then 'pos'
                else {{ clean_text("source.created_via") }}
            end as channel,
            {{ clean_text("source.customer_ip_address") }} as ip_address,
            upper({{ clean_text("source.currency") }}) as currency,
            cast(null as varchar) as store_id,
            {{ clean_text("source.payment_method") }} as payment_method,
            {{ clean_text("source.shipping_lines ->> '$[0].method_title'") }} as delivery_method,

            -- flags: the amounts below have no tax in them, whatever the shop shows
            false as taxes_included,
            subscription_orders.is_renewal,

            -- numbers
            cast(coalesce(lines.subtotal, 0) as decimal(18, 4)) as subtotal_amount,
            cast(coalesce(lines.discount, 0) as decimal(18, 4)) as discount_amount,
            cast(source.shipping_total as decimal(18, 4)) as shipping_amount,
            cast(source.total_tax as decimal(18, 4)) as tax_amount,
            cast(source.total as decimal(18, 4)) as total_amount,
            cast(coalesce(fees.amount, 0) as decimal(18, 4)) as fee_amount,
            cast(null as decimal(18, 4)) as gift_card_amount,
            cast(null as decimal(18, 4)) as seller_shipping_cost,
            cast(null as decimal(18, 4)) as other_expenses,
            cast(null as integer) as version,

            -- times
            {{ utc("source.date_created_gmt", "UTC") }} as ordered_at,
            {{ utc("source.date_modified_gmt", "UTC") }} as updated_at
        from source
        left join lines on source.id = lines.order_id
        left join fees on source.id = fees.order_id
        left join subscription_orders on source.id = subscription_orders.order_id
    )

select *
from renamed

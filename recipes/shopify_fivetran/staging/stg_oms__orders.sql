with
    source as (select * from {{ source("shopify", "order") }}),

    shipping_lines as (
        select order_id, sum(cast(price as decimal(18, 4))) as shipping_amount
        from {{ source("shopify", "order_shipping_line") }}
        group by order_id
    ),

    shipping_titles as (
        select order_id, min(title) as delivery_method
        from {{ source("shopify", "order_shipping_line") }}
        group by order_id
    ),

    payments as (
        select order_id, min(gateway) as payment_method
        from {{ source("shopify", "transaction") }}
        where kind in ('sale', 'authorization', 'capture') and status = 'success'
        group by order_id
    ),

    -- Subscription apps attach the identifier of the subscription to the order.
    subscriptions as (
        select order_id, min(value) as subscription_id
        from {{ source("shopify", "order_note_attribute") }}
        where lower(name) in ('subscription_id', 'subscription id')
        group by order_id
    ),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(source.id as varchar)") }} as order_id,
            {{ clean_text("cast(source.customer_id as varchar)") }} as customer_id,
            {{ clean_text("cast(source.id as varchar)") }} as shipping_address_id,
            {{ clean_text("cast(subscriptions.subscription_id as varchar)") }} as subscription_id,
            cast(null as varchar) as marketplace_order_id,

            -- text
            {{ clean_text("source.email") }} as guest_email,
            {{ clean_text("source.shipping_address_phone") }} as guest_phone,
            {{ clean_text("source.shipping_address_first_name") }} as guest_first_name,
            {{ clean_text("source.shipping_address_last_name") }} as guest_last_name,
            case
                when source.test
                then 'test'
                when source.cancelled_at is not null
                then 'cancelled'
                when source.financial_status in ('voided', 'expired', 'refunded')
                then source.financial_status
                when source.fulfillment_status = 'fulfilled'
                then 'fulfilled'
                when source.fulfillment_status = 'partial'
                then 'partially_fulfilled'
                else {{ clean_text("source.financial_status") }}
            end as order_status,
            case
                when source.source_name like 'subscription_contract%'
                then 'subscription'
                when {{ matches_pattern("source.source_name", "^[0-9]+$") }}
                then 'app'
                else {{ clean_text("source.source_name") }}
            end as channel,
            {{ clean_text("source.browser_ip") }} as ip_address,
            upper({{ clean_text("source.currency") }}) as currency,
            {{ clean_text("cast(source.location_id as varchar)") }} as store_id,
            {{ clean_text("payments.payment_method") }} as payment_method,
            {{ clean_text("shipping_titles.delivery_method") }} as delivery_method,

            -- flags
            cast(source.taxes_included as boolean) as taxes_included,
            -- The tags of subscription apps tell; the intermediate models read them.
            cast(null as boolean) as is_renewal,

            -- numbers
            cast(source.total_line_items_price as decimal(18, 4)) as subtotal_amount,
            cast(source.total_discounts as decimal(18, 4)) as discount_amount,
            cast(coalesce(shipping_lines.shipping_amount, 0) as decimal(18, 4)) as shipping_amount,
            cast(source.total_tax as decimal(18, 4)) as tax_amount,
            cast(source.total_price as decimal(18, 4)) as total_amount,
            cast(null as decimal(18, 4)) as fee_amount,
            -- The total of Shopify has what was paid by gift card in it.
            cast(null as decimal(18, 4)) as gift_card_amount,
            cast(null as decimal(18, 4)) as seller_shipping_cost,
            cast(null as decimal(18, 4)) as other_expenses,
            cast(null as integer) as version,

            -- times
            {{ utc("coalesce(source.processed_at, source.created_at)", "UTC") }} as ordered_at,
            {{ utc("source.updated_at", "UTC") }} as updated_at
        from source
        left join shipping_lines on source.id = shipping_lines.order_id
        left join shipping_titles on source.id = shipping_titles.order_id
        left join payments on source.id = payments.order_id
        left join subscriptions on source.id = subscriptions.order_id
    )

select *
from renamed

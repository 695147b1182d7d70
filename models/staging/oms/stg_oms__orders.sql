with
    source as (select * from {{ source("oms", "orders") }}),

    -- The system appends a version for each change; the newest one counts. Sort by version before
    -- time, since one hour occurs twice when London's clocks go back.
    numbered as (
        select
            *,
            row_number() over (
                partition by {{ clean_text("order_id") }}
                order by version desc nulls last, updated_at desc nulls last
            ) as newest_first
        from source
    ),

    renamed as (
        select
            -- ids
            {{ clean_text("order_id") }} as order_id,
            {{ clean_text("customer_id") }} as customer_id,
            {{ clean_text("shipping_address_id") }} as shipping_address_id,
            {{ clean_text("subscription_id") }} as subscription_id,
            {{ clean_text("marketplace_order_id") }} as marketplace_order_id,

            -- text
            {{ clean_text("guest_email") }} as guest_email,
            {{ clean_text("guest_phone") }} as guest_phone,
            {{ clean_text("guest_first_name") }} as guest_first_name,
            {{ clean_text("guest_last_name") }} as guest_last_name,
            {{ clean_text("status") }} as order_status,
            {{ clean_text("channel") }} as channel,
            {{ clean_text("ip_address") }} as ip_address,
            upper({{ clean_text("currency") }}) as currency,
            cast(null as {{ text_type() }}) as store_id,
            cast(null as {{ text_type() }}) as payment_method,
            cast(null as {{ text_type() }}) as delivery_method,

            -- flags
            cast(null as boolean) as taxes_included,
            cast(null as boolean) as is_renewal,

            -- numbers
            cast(subtotal_amount as decimal(18, 4)) as subtotal_amount,
            cast(discount_amount as decimal(18, 4)) as discount_amount,
            cast(shipping_amount as decimal(18, 4)) as shipping_amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount,
            cast(total_amount as decimal(18, 4)) as total_amount,
            cast(null as decimal(18, 4)) as fee_amount,
            cast(null as decimal(18, 4)) as gift_card_amount,
            cast(null as decimal(18, 4)) as seller_shipping_cost,
            cast(null as decimal(18, 4)) as other_expenses,
            cast(version as integer) as version,

            -- times
            {{ utc("created_at", "Europe/London") }} as ordered_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from numbered
        where newest_first = 1
    )

select *
from renamed

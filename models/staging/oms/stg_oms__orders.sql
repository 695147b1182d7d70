with
    source as (select * from {{ source("oms", "orders") }}),

    renamed as (
        select
            -- ids
            cast(order_id as varchar) as order_id,
            cast(customer_id as varchar) as customer_id,
            cast(shipping_address_id as varchar) as shipping_address_id,
            cast(subscription_id as varchar) as subscription_id,
            cast(marketplace_order_id as varchar) as marketplace_order_id,

            -- text
            {{ clean_text("guest_email") }} as guest_email,
            {{ clean_text("guest_phone") }} as guest_phone,
            {{ clean_text("guest_first_name") }} as guest_first_name,
            {{ clean_text("guest_last_name") }} as guest_last_name,
            {{ clean_text("status") }} as order_status,
            {{ clean_text("channel") }} as channel,
            {{ clean_text("ip_address") }} as ip_address,
            upper({{ clean_text("currency") }}) as currency,

            -- numbers
            cast(subtotal_amount as decimal(18, 2)) as subtotal_amount,
            cast(discount_amount as decimal(18, 2)) as discount_amount,
            cast(shipping_amount as decimal(18, 2)) as shipping_amount,
            cast(tax_amount as decimal(18, 2)) as tax_amount,
            cast(total_amount as decimal(18, 2)) as total_amount,
            cast(version as integer) as version,

            -- times
            {{ utc("created_at", "Europe/London") }} as ordered_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
        -- The system appends a version for each change; the newest one counts.
        qualify row_number() over (partition by order_id order by updated_at desc, version desc) = 1
    )

select *
from renamed

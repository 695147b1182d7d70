-- Shopify writes the address into the order, so that each order has one of its own.
with
    source as (select * from {{ source("shopify", "order") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(id as varchar)") }} as address_id,
            {{ clean_text("cast(customer_id as varchar)") }} as customer_id,

            -- text
            {{ clean_text("shipping_address_address_1") }} as address1,
            {{ clean_text("shipping_address_address_2") }} as address2,
            {{ clean_text("shipping_address_city") }} as city,
            {{ clean_text("coalesce(shipping_address_province_code, shipping_address_province)") }}
            as state,
            {{ clean_text("shipping_address_zip") }} as zip,
            {{ clean_text("coalesce(shipping_address_country_code, shipping_address_country)") }}
            as country,

            -- times
            {{ utc("created_at", "UTC") }} as created_at,
            {{ utc("updated_at", "UTC") }} as updated_at
        from source
        where shipping_address_address_1 is not null or shipping_address_zip is not null
    )

select *
from renamed

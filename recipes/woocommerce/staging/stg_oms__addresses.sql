-- The address stands in the order: that of the shipping, or of the bill where both are the same.
with
    source as (select * from {{ source("woocommerce", "orders") }}),

    chosen as (
        select
            id,
            customer_id,
            date_created_gmt,
            date_modified_gmt,
            case
                when {{ clean_text("shipping ->> 'address_1'") }} is null then billing else shipping
            end as address
        from source
    ),

    renamed as (
        select
            -- ids
            cast(id as varchar) as address_id,
            cast(nullif(customer_id, 0) as varchar) as customer_id,

            -- text
            {{ clean_text("address ->> 'address_1'") }} as address1,
            {{ clean_text("address ->> 'address_2'") }} as address2,
            {{ clean_text("address ->> 'city'") }} as city,
            {{ clean_text("address ->> 'state'") }} as state,
            {{ clean_text("address ->> 'postcode'") }} as zip,
            {{ clean_text("address ->> 'country'") }} as country,

            -- times
            {{ utc("date_created_gmt", "UTC") }} as created_at,
            {{ utc("date_modified_gmt", "UTC") }} as updated_at
        from chosen
    )

select *
from renamed

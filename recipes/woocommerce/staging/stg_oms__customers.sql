with
    source as (select * from {{ source("woocommerce", "customers") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as customer_id,

            -- text
            {{ clean_text("email") }} as email,
            {{ clean_text("billing ->> 'phone'") }} as phone,
            {{ clean_text("first_name") }} as first_name,
            {{ clean_text("last_name") }} as last_name,

            -- times
            {{ utc("date_created_gmt", "UTC") }} as created_at,
            {{ utc("date_modified_gmt", "UTC") }} as updated_at
        from source
    )

select *
from renamed

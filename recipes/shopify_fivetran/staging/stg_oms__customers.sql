with
    source as (select * from {{ source("shopify", "customer") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(id as varchar)") }} as customer_id,

            -- text
            {{ clean_text("email") }} as email,
            {{ clean_text("phone") }} as phone,
            {{ clean_text("first_name") }} as first_name,
            {{ clean_text("last_name") }} as last_name,

            -- times
            {{ utc("created_at", "UTC") }} as created_at,
            {{ utc("updated_at", "UTC") }} as updated_at
        from source
    )

select *
from renamed

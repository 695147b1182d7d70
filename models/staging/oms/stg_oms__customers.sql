with
    source as (select * from {{ source("oms", "customers") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("customer_id") }} as customer_id,

            -- text
            {{ clean_text("email") }} as email,
            {{ clean_text("phone") }} as phone,
            {{ clean_text("first_name") }} as first_name,
            {{ clean_text("last_name") }} as last_name,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed

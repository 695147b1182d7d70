with
    source as (select * from {{ source("oms", "addresses") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("address_id") }} as address_id,
            {{ clean_text("customer_id") }} as customer_id,

            -- text
            {{ clean_text("address1") }} as address1,
            {{ clean_text("address2") }} as address2,
            {{ clean_text("city") }} as city,
            {{ clean_text("state") }} as state,
            {{ clean_text("zip") }} as zip,
            {{ clean_text("country") }} as country,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("oms", "addresses") }}),

    renamed as (
        select
            -- ids
            cast(address_id as varchar) as address_id,
            cast(customer_id as varchar) as customer_id,

            -- text
            {{ blank_to_null("address1") }} as address1,
            {{ blank_to_null("address2") }} as address2,
            {{ blank_to_null("city") }} as city,
            {{ blank_to_null("state") }} as state,
            {{ blank_to_null("zip") }} as zip,
            {{ blank_to_null("country") }} as country,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed

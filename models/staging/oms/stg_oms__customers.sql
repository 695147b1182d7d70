with
    source as (select * from {{ source("oms", "customers") }}),

    renamed as (
        select
            -- ids
            cast(customer_id as varchar) as customer_id,

            -- text
            {{ blank_to_null("email") }} as email,
            {{ blank_to_null("phone") }} as phone,
            {{ blank_to_null("first_name") }} as first_name,
            {{ blank_to_null("last_name") }} as last_name,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("shop", "customers") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as customer_id,

            -- text
            {{ clean_text("email") }} as email,
            {{ clean_text("phone") }} as phone,
            {{ clean_text("first_name") }} as first_name,
            {{ clean_text("last_name") }} as last_name,

            -- times
            created_at,
            updated_at
        from source
    )

select *
from renamed

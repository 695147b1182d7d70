with
    source as (select * from {{ source("oms", "products") }}),

    renamed as (
        select
            -- ids
            cast(product_id as varchar) as product_id,

            -- text
            {{ blank_to_null("name") }} as product_name,
            product_type,
            {{ blank_to_null("category") }} as category,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed

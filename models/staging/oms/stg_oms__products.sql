with
    source as (select * from {{ source("oms", "products") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("product_id") }} as product_id,

            -- text
            {{ clean_text("name") }} as product_name,
            {{ clean_text("product_type") }} as product_type,
            {{ clean_text("category") }} as category,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed

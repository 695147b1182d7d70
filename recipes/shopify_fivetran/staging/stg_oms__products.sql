with
    source as (select * from {{ source("shopify", "product") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(id as varchar)") }} as product_id,

            -- text
            {{ clean_text("title") }} as product_name,
            'goods' as product_type,
            {{ clean_text("product_type") }} as category,

            -- times
            {{ utc("created_at", "UTC") }} as created_at,
            {{ utc("updated_at", "UTC") }} as updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("shopify", "product_variant") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(id as varchar)") }} as variant_id,
            {{ clean_text("cast(product_id as varchar)") }} as product_id,

            -- text
            {{ clean_text("sku") }} as sku,
            {{ clean_text("title") }} as variant_name,

            -- times
            {{ utc("created_at", "UTC") }} as created_at,
            {{ utc("updated_at", "UTC") }} as updated_at
        from source
    )

select *
from renamed

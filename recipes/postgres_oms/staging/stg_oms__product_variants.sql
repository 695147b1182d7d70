-- Each product is its own variant, which has the stock keeping unit.
with
    source as (select * from {{ source("shop", "products") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as variant_id,
            cast(id as varchar) as product_id,

            -- text
            {{ clean_text("sku") }} as sku,
            cast(null as varchar) as variant_name,

            -- times
            updated_at as created_at,
            updated_at
        from source
    )

select *
from renamed

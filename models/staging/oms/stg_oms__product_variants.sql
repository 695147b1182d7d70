with
    source as (select * from {{ source("oms", "product_variants") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("variant_id") }} as variant_id,
            {{ clean_text("product_id") }} as product_id,

            -- text
            {{ clean_text("sku") }} as sku,
            {{ clean_text("name") }} as variant_name,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed

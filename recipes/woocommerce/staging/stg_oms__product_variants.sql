with
    source as (select * from {{ source("woocommerce", "product_variations") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as variant_id,
            cast(product_id as varchar) as product_id,

            -- text
            {{ clean_text("sku") }} as sku,
            {{ clean_text("array_to_string(attributes ->> '$[*].option', ', ')") }} as variant_name,

            -- times
            {{ utc("date_created_gmt", "UTC") }} as created_at,
            {{ utc("date_modified_gmt", "UTC") }} as updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("woocommerce", "products") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as product_id,

            -- text
            {{ clean_text("name") }} as product_name,
            'goods' as product_type,
            {{ clean_text("categories ->> '$[0].name'") }} as category,

            -- times
            {{ utc("date_created_gmt", "UTC") }} as created_at,
            {{ utc("date_modified_gmt", "UTC") }} as updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("shop", "products") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as product_id,

            -- text
            {{ clean_text("name") }} as product_name,
            case when kind = 'fee' then 'fee' else 'goods' end as product_type,
            {{ clean_text("categories ->> '$[0]'") }} as category,

            -- times
            updated_at as created_at,
            updated_at
        from source
    )

select *
from renamed

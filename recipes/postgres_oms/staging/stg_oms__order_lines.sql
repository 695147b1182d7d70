with
    source as (select * from {{ ref("base_oms__items") }}),

    renamed as (
        select
            -- ids
            id as order_line_id,
            cast(order_id as varchar) as order_id,
            cast(product_id as varchar) as product_id,
            cast(product_id as varchar) as variant_id,

            -- text
            {{ clean_text("name") }} as description,

            -- flags
            coalesce(kind = 'gift_card', false) as is_gift_card,

            -- numbers
            quantity,
            unit_price,
            discount as discount_amount,
            tax as tax_amount,

            -- times
            placed_at as created_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ ref("base_oms__line_items") }}),

    renamed as (
        select
            -- ids: 0 says that the product has no variants
            id as order_line_id,
            cast(order_id as varchar) as order_id,
            cast(nullif(product_id, 0) as varchar) as product_id,
            cast(nullif(variation_id, 0) as varchar) as variant_id,

            -- text
            {{ clean_text("name") }} as description,

            -- flags
            cast(null as boolean) as is_gift_card,

            -- numbers: the subtotal is that before discounts
            quantity,
            cast(
                case when quantity = 0 then 0 else subtotal / quantity end as decimal(18, 6)
            ) as unit_price,
            cast(subtotal - total as decimal(18, 4)) as discount_amount,
            cast(total_tax as decimal(18, 4)) as tax_amount,

            -- times
            {{ utc("date_created_gmt", "UTC") }} as created_at
        from source
    )

select *
from renamed

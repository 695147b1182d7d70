with
    source as (select * from {{ source("oms", "order_lines") }}),

    renamed as (
        select
            -- ids
            cast(order_line_id as bigint) as order_line_id,
            {{ clean_text("order_id") }} as order_id,
            {{ clean_text("product_id") }} as product_id,
            {{ clean_text("variant_id") }} as variant_id,

            -- text
            {{ clean_text("description") }} as description,

            -- flags
            cast(null as boolean) as is_gift_card,

            -- numbers
            cast(quantity as decimal(18, 6)) as quantity,
            cast(unit_price as decimal(18, 6)) as unit_price,
            cast(discount_amount as decimal(18, 4)) as discount_amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at
        from source
    )

select *
from renamed

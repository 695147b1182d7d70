with
    source as (select * from {{ source("oms", "order_lines") }}),

    renamed as (
        select
            -- ids
            cast(order_line_id as bigint) as order_line_id,
            cast(order_id as varchar) as order_id,
            cast(product_id as varchar) as product_id,
            cast(variant_id as varchar) as variant_id,

            -- text
            {{ clean_text("description") }} as description,

            -- numbers
            cast(quantity as integer) as quantity,
            cast(unit_price as decimal(18, 3)) as unit_price,
            cast(discount_amount as decimal(18, 2)) as discount_amount,
            cast(tax_amount as decimal(18, 2)) as tax_amount,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at
        from source
    )

select *
from renamed

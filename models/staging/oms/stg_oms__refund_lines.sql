with
    source as (select * from {{ source("oms", "refund_lines") }}),

    renamed as (
        select
            -- ids
            cast(refund_line_id as bigint) as refund_line_id,
            {{ clean_text("cast(refund_id as varchar)") }} as refund_id,
            {{ clean_text("cast(product_id as varchar)") }} as product_id,
            {{ clean_text("cast(variant_id as varchar)") }} as variant_id,
            cast(null as bigint) as order_line_id,

            -- numbers
            cast(quantity as decimal(18, 6)) as quantity,
            cast(amount as decimal(18, 4)) as amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount,
            cast(overhead_cost as decimal(18, 4)) as overhead_cost
        from source
    )

select *
from renamed

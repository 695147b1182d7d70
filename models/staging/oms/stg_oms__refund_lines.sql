with
    source as (select * from {{ source("oms", "refund_lines") }}),

    renamed as (
        select
            -- ids
            cast(refund_line_id as bigint) as refund_line_id,
            {{ clean_text("refund_id") }} as refund_id,
            {{ clean_text("product_id") }} as product_id,
            {{ clean_text("variant_id") }} as variant_id,
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

with
    source as (select * from {{ source("oms", "refund_lines") }}),

    renamed as (
        select
            -- ids
            cast(refund_line_id as bigint) as refund_line_id,
            cast(refund_id as varchar) as refund_id,
            cast(product_id as varchar) as product_id,
            cast(variant_id as varchar) as variant_id,

            -- numbers
            cast(quantity as integer) as quantity,
            cast(amount as decimal(18, 2)) as amount,
            cast(tax_amount as decimal(18, 2)) as tax_amount,
            cast(overhead_cost as decimal(18, 2)) as overhead_cost
        from source
    )

select *
from renamed

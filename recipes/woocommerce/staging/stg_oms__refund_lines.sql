with
    source as (select * from {{ ref("base_oms__refund_line_items") }}),

    renamed as (
        select
            -- ids
            refund_line_id,
            cast(refund_id as varchar) as refund_id,
            cast(nullif(product_id, 0) as varchar) as product_id,
            cast(variation_id as varchar) as variant_id,
            order_line_id,

            -- numbers
            - quantity as quantity,
            cast(- total as decimal(18, 4)) as amount,
            cast(- total_tax as decimal(18, 4)) as tax_amount,
            cast(0 as decimal(18, 4)) as overhead_cost
        from source
    )

select *
from renamed

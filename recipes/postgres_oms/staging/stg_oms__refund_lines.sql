with
    source as (select * from {{ ref("base_oms__refund_items") }}),

    renamed as (
        select
            -- ids
            id as refund_line_id,
            cast(refund_id as varchar) as refund_id,
            cast(product_id as varchar) as product_id,
            cast(product_id as varchar) as variant_id,
            order_item_id as order_line_id,

            -- numbers
            quantity,
            amount,
            tax as tax_amount,
            cast(0 as decimal(18, 4)) as overhead_cost
        from source
    )

select *
from renamed

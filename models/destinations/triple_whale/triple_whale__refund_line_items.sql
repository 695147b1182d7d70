with
    refund_items as (select * from {{ ref("refund_items") }}),

    renamed as (
        select
            order_id,
            refund_id,
            position as _position,
            refund_line_id as id,
            line_id as line_item_id,
            product_id,
            variant_or_product_id as variant_id,
            whole_quantity as quantity,
            unit_price as price,
            currency,
            quantity as _quantity
        from refund_items
    )

select *
from renamed

with
    order_items as (select * from {{ ref("order_items") }}),

    renamed as (
        select
            order_id,
            position as _position,
            line_id as id,
            product_id,
            variant_or_product_id as variant_id,
            product_name as name,
            product_name,
            variant_name,
            sku,
            whole_quantity as quantity,
            whole_unit_price as price,
            quantity as _quantity
        from order_items
    )

select *
from renamed

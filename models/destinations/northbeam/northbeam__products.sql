with
    order_products as (select * from {{ ref("order_products") }}),

    renamed as (
        select
            order_id,
            position as _position,
            product_id as id,
            product_name as name,
            quantity,
            unit_price as price,
            variant_id,
            variant_name
        from order_products
    )

select *
from renamed

with
    order_products as (select * from {{ ref("order_products") }}),

    renamed as (
        select
            order_id as {{ adapter.quote("externalOrderId") }},
            position as _position,
            sku as {{ adapter.quote("externalItemId") }},
            product_name as name,
            product_category as category,
            quantity,
            unit_price as cost,
            product_url as url,
            product_image_url as {{ adapter.quote("imageUrl") }}
        from order_products
    )

select *
from renamed

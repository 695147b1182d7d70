with
    products as (select * from {{ ref("order_product_returns") }}),

    renamed as (
        select
            order_id as id,
            position as _position,
            product_id,
            variant_id,
            sku,
            quantity,
            {{ net_unit_price("net_amount + discount_amount", "quantity", "unit_price") }}
            as unit_price,
            cast(net_amount + discount_amount as decimal(18, 4)) as subtotal,
            cast(- discount_amount as decimal(18, 4)) as discount,
            tax_amount as tax,
            cast(net_amount + tax_amount as decimal(18, 4)) as total,
            returned_quantity as quantity_refunded,
            returned_amount as refunded
        from products
    )

select *
from renamed

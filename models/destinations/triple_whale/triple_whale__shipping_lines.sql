with
    order_shipping_lines as (select * from {{ ref("order_shipping_lines") }}),

    renamed as (
        select
            order_id,
            position as _position,
            title,
            gross_amount as shipping_price,
            net_amount as shipping_discounted_price
        from order_shipping_lines
    )

select *
from renamed

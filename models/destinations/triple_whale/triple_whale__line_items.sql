with
    order_items as (select * from {{ ref("order_items") }}),

    -- Triple Whale accepts whole units only: part of a unit is sent as one unit at the line's
    -- amount.
    renamed as (
        select
            order_id,
            position as _position,
            line_id as id,
            product_id,
            coalesce(variant_id, product_id) as variant_id,
            product_name as name,
            product_name,
            variant_name,
            sku,
            case
                when quantity = floor(quantity) then cast(quantity as bigint) else 1
            end as quantity,
            case
                when quantity = floor(quantity)
                then unit_price
                else cast(gross_amount as decimal(18, 6))
            end as price,
            quantity as _quantity
        from order_items
    )

select *
from renamed

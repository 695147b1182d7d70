with
    refund_items as (select * from {{ ref("refund_items") }}),

    -- Part of a unit is sent as one unit, as in triple_whale__line_items.
    counted as (
        select *, quantity = floor(quantity) and sold_quantity = floor(sold_quantity) as is_whole
        from refund_items
    ),

    renamed as (
        select
            order_id,
            refund_id,
            position as _position,
            refund_line_id as id,
            line_id as line_item_id,
            product_id,
            coalesce(variant_id, product_id) as variant_id,
            case when is_whole then cast(quantity as bigint) else 1 end as quantity,
            case
                when is_whole
                then {{ net_unit_price("amount", "quantity", "amount") }}
                else cast(amount as decimal(18, 6))
            end as price,
            currency,
            quantity as _quantity
        from counted
    )

select *
from renamed

with
    order_refunds as (select * from {{ ref("order_refunds") }}),

    renamed as (
        select
            order_id,
            position as _position,
            product_id,
            variant_id,
            quantity,
            refund_amount,
            refund_cost,
            refunded_at as refund_made_at
        from order_refunds
    )

select *
from renamed

with
    refunds as (select * from {{ ref("refunds") }}),

    renamed as (
        select
            order_id,
            position as _position,
            refund_id,
            refunded_at,
            refund_amount as total_refund,
            tax_amount as total_tax_refund,
            shipping_amount as total_shipping_refund,
            case when reason is not null then {{ list_of(["reason"]) }} end as tags
        from refunds
    )

select *
from renamed

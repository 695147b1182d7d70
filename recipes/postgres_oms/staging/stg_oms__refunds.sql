with
    source as (select * from {{ source("shop", "refunds") }}),

    orders as (select * from {{ source("shop", "orders") }}),

    items as (
        select refund_id, sum(amount + tax) as amount
        from {{ source("shop", "refund_items") }}
        group by refund_id
    ),

    -- The amount is all that went back; what neither items nor shipping explain is money alone.
    renamed as (
        select
            -- ids
            cast(source.id as varchar) as refund_id,
            cast(source.order_id as varchar) as order_id,
            cast(orders.customer_id as varchar) as customer_id,
            cast(null as varchar) as credit_note_id,

            -- text
            {{ clean_text("source.reason") }} as reason,

            -- numbers: what is returned beside the items
            source.shipping_amount,
            cast(
                source.amount
                - coalesce(items.amount, 0)
                - source.shipping_amount
                - source.shipping_tax as decimal(18, 4)
            ) as adjustment_amount,
            source.shipping_tax as tax_amount,

            -- times
            source.created_at as refunded_at,
            source.created_at as updated_at
        from source
        left join orders on source.order_id = orders.id
        left join items on source.id = items.refund_id
    )

select *
from renamed

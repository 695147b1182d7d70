with
    source as (select * from {{ source("shopify", "refund") }}),

    orders as (select * from {{ source("shopify", "order") }}),

    -- What went back is negative: shipping, and what differs from the sum of the lines.
    adjustments as (
        select
            refund_id,
            - sum(
                case when kind = 'shipping_refund' then cast(amount as decimal(18, 4)) else 0 end
            ) as shipping_amount,
            - sum(
                case when kind = 'shipping_refund' then 0 else cast(amount as decimal(18, 4)) end
            ) as adjustment_amount,
            - sum(coalesce(cast(tax_amount as decimal(18, 4)), 0)) as tax_amount
        from {{ source("shopify", "order_adjustment") }}
        group by refund_id
    ),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(source.id as varchar)") }} as refund_id,
            {{ clean_text("cast(source.order_id as varchar)") }} as order_id,
            {{ clean_text("cast(orders.customer_id as varchar)") }} as customer_id,
            cast(null as varchar) as credit_note_id,

            -- text
            {{ clean_text("source.note") }} as reason,

            -- numbers: what is returned beside the lines
            cast(adjustments.shipping_amount as decimal(18, 4)) as shipping_amount,
            cast(adjustments.adjustment_amount as decimal(18, 4)) as adjustment_amount,
            cast(adjustments.tax_amount as decimal(18, 4)) as tax_amount,

            -- times
            {{ utc("coalesce(source.processed_at, source.created_at)", "UTC") }} as refunded_at,
            {{ utc("source.created_at", "UTC") }} as updated_at
        from source
        left join orders on source.order_id = orders.id
        left join adjustments on source.id = adjustments.refund_id
    )

select *
from renamed

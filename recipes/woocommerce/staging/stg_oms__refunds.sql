with
    source as (select * from {{ source("woocommerce", "refunds") }}),

    orders as (select * from {{ source("woocommerce", "orders") }}),

    lines as (
        select refund_id, - sum(total + total_tax) as amount
        from {{ ref("base_oms__refund_line_items") }}
        group by refund_id
    ),

    shipping_lines as (
        select
            id as refund_id,
            unnest(
                from_json(
                    shipping_lines, '[{"total": "decimal(18, 6)", "total_tax": "decimal(18, 6)"}]'
                )
            ) as line
        from source
    ),

    shipping as (
        select refund_id, - sum(line.total) as amount, - sum(line.total_tax) as tax
        from shipping_lines
        group by refund_id
    ),

    -- The amount is all that went back; what neither lines nor shipping explain is money alone.
    renamed as (
        select
            -- ids
            cast(source.id as varchar) as refund_id,
            cast(source.parent_id as varchar) as order_id,
            cast(nullif(orders.customer_id, 0) as varchar) as customer_id,
            cast(null as varchar) as credit_note_id,

            -- text
            {{ clean_text("source.reason") }} as reason,

            -- numbers: what is returned beside the lines
            cast(coalesce(shipping.amount, 0) as decimal(18, 4)) as shipping_amount,
            cast(
                cast(source.amount as decimal(18, 6))
                - coalesce(lines.amount, 0)
                - coalesce(shipping.amount + shipping.tax, 0) as decimal(18, 4)
            ) as adjustment_amount,
            cast(coalesce(shipping.tax, 0) as decimal(18, 4)) as tax_amount,

            -- times
            {{ utc("source.date_created_gmt", "UTC") }} as refunded_at,
            {{ utc("source.date_created_gmt", "UTC") }} as updated_at
        from source
        left join orders on source.parent_id = orders.id
        left join lines on source.id = lines.refund_id
        left join shipping on source.id = shipping.refund_id
    )

select *
from renamed

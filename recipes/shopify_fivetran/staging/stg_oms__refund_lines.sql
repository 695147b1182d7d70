with
    source as (select * from {{ source("shopify", "order_line_refund") }}),

    order_lines as (select * from {{ source("shopify", "order_line") }}),

    orders as (select * from {{ source("shopify", "order") }}),

    -- Where prices have the tax in them, so has the subtotal of what was returned.
    renamed as (
        select
            -- ids
            cast(source.id as bigint) as refund_line_id,
            {{ clean_text("cast(source.refund_id as varchar)") }} as refund_id,
            {{ clean_text("cast(order_lines.product_id as varchar)") }} as product_id,
            {{ clean_text("cast(order_lines.variant_id as varchar)") }} as variant_id,
            cast(source.order_line_id as bigint) as order_line_id,

            -- numbers
            cast(source.quantity as decimal(18, 6)) as quantity,
            cast(
                source.subtotal - case
                    when orders.taxes_included then coalesce(source.total_tax, 0) else 0
                end as decimal(18, 4)
            ) as amount,
            cast(coalesce(source.total_tax, 0) as decimal(18, 4)) as tax_amount,
            cast(0 as decimal(18, 4)) as overhead_cost
        from source
        left join order_lines on source.order_line_id = order_lines.id
        left join orders on order_lines.order_id = orders.id
    )

select *
from renamed

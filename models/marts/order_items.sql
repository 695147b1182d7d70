{# A view: it only looks names up, and a table would hold every line of order_lines once more. #}
{{ config(materialized="view") }}

with
    lines as (select * from {{ ref("order_lines") }}),

    variants as (select * from {{ ref("stg_oms__product_variants") }}),

    -- Where an API takes whole units only, part of a unit goes as one piece at the line's amount.
    named as (
        select
            lines.order_id,
            lines.order_line_id as position,
            lines.line_id,
            lines.product_id,
            coalesce(lines.variant_id, lines.product_id) as variant_or_product_id,
            lines.product_name,
            variants.variant_name,
            coalesce(variants.sku, lines.product_id) as sku,
            lines.quantity,
            lines.unit_price,
            case
                when lines.quantity = floor(lines.quantity)
                then cast(lines.quantity as bigint)
                else 1
            end as whole_quantity,
            case
                when lines.quantity = floor(lines.quantity)
                then lines.unit_price
                else cast(lines.gross_amount as decimal(18, 6))
            end as whole_unit_price
        from lines
        left join variants on lines.variant_id = variants.variant_id
        where lines.line_type = 'goods'
    )

select *
from named

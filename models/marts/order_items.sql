{# A view, since it only looks up names; a table would store every line once more. #}
{{ config(materialized="view") }}

with
    lines as (select * from {{ ref("int_priced_lines") }}),

    variants as (select * from {{ ref("stg_oms__product_variants") }}),

    named as (
        select
            lines.order_id,
            lines.order_line_id as position,
            lines.line_id,
            lines.product_id,
            lines.variant_id,
            lines.product_name,
            variants.variant_name,
            coalesce(variants.sku, lines.product_id) as sku,
            lines.quantity,
            lines.unit_price,
            lines.gross_amount
        from lines
        left join variants on lines.variant_id = variants.variant_id
        where lines.line_type = 'goods'
    )

select *
from named

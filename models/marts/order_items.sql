{# A view: it only looks names up, and a table would hold every line of order_lines once more. #}
{{ config(materialized="view") }}

with
    lines as (select * from {{ ref("order_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    variants as (select * from {{ ref("stg_oms__product_variants") }}),

    named as (
        select
            lines.order_id,
            lines.order_line_id as position,
            cast(lines.order_line_id as varchar) as line_id,
            lines.product_id,
            coalesce(lines.variant_id, lines.product_id) as variant_or_product_id,
            products.product_name,
            variants.variant_name,
            coalesce(variants.sku, lines.product_id) as sku,
            lines.quantity,
            lines.unit_price
        from lines
        left join products on lines.product_id = products.product_id
        left join variants on lines.variant_id = variants.variant_id
        where lines.line_type = 'goods'
    )

select *
from named

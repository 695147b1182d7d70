with
    lines as (select * from {{ ref("int_priced_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    variants as (select * from {{ ref("stg_oms__product_variants") }}),

    grouped as (
        select
            order_id,
            product_id,
            variant_id,
            net_unit_price,
            min(order_line_id) as first_order_line_id,
            cast(sum(quantity) as decimal(18, 6)) as quantity,
            cast(sum(gross_amount) as decimal(18, 4)) as gross_amount,
            cast(sum(discount_amount) as decimal(18, 4)) as discount_amount,
            cast(sum(net_amount) as decimal(18, 4)) as net_amount,
            cast(sum(tax_amount) as decimal(18, 4)) as tax_amount
        from lines
        where line_type = 'goods'
        group by order_id, product_id, variant_id, net_unit_price
    ),

    named as (
        select
            grouped.order_id,
            cast(
                row_number() over (
                    partition by grouped.order_id order by grouped.first_order_line_id
                ) as integer
            ) as position,
            lines.line_id,
            grouped.product_id,
            lines.product_name,
            products.category as product_category,
            grouped.variant_id,
            variants.variant_name,
            coalesce(variants.sku, grouped.product_id) as sku,
            {{ shop_page("products", "grouped.product_id") }} as product_url,
            {{ shop_page("images", "grouped.product_id", ".jpg") }} as product_image_url,
            grouped.quantity,
            grouped.net_unit_price as unit_price,
            grouped.gross_amount,
            grouped.discount_amount,
            grouped.net_amount,
            grouped.tax_amount
        from grouped
        inner join
            lines
            on grouped.order_id = lines.order_id
            and grouped.first_order_line_id = lines.order_line_id
        left join products on grouped.product_id = products.product_id
        left join variants on grouped.variant_id = variants.variant_id
    )

select *
from named

with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    lines as (select * from {{ ref("stg_oms__order_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    -- Products missing from the catalogue, unknown types, and lines without a product, such as a
    -- tip, count as goods, so that they are not lost.
    typed as (
        select
            lines.order_line_id,
            lines.order_id,
            coalesce(
                lines.product_id,
                'custom-' || left({{ sha256_hex("lower(lines.description)") }}, 12),
                'custom-item'
            ) as product_id,
            lines.variant_id,
            coalesce(
                products.product_name, lines.description, lines.product_id, 'Custom item'
            ) as product_name,
            case
                when lower(products.product_type) in ('carriage', 'discount', 'fee')
                then lower(products.product_type)
                else 'goods'
            end as product_type,
            coalesce(lines.is_gift_card, false) as is_gift_card,
            lines.quantity,
            lines.unit_price,
            {{
                round_amount(
                    "cast(lines.quantity as decimal(20, 6)) * lines.unit_price",
                    "currencies.currency_digits",
                )
            }} as gross_amount,
            {{ round_amount("coalesce(lines.discount_amount, 0)", "currencies.currency_digits") }}
            as discount_amount,
            {{ round_amount("coalesce(lines.tax_amount, 0)", "currencies.currency_digits") }}
            as tax_amount,
            currencies.currency_digits
        from lines
        inner join currencies on lines.order_id = currencies.order_id
        left join products on lines.product_id = products.product_id
    ),

    orders_with_goods as (select distinct order_id from typed where product_type = 'goods'),

    -- Carriage and fees count as products if an order has nothing else. A gift card counts when it
    -- is redeemed, so its price is 0 here.
    counted as (
        select
            typed.order_line_id,
            typed.order_id,
            typed.product_id,
            typed.variant_id,
            typed.product_name,
            case
                when
                    typed.product_type in ('carriage', 'fee') and orders_with_goods.order_id is null
                then 'goods'
                else typed.product_type
            end as line_type,
            typed.quantity,
            case when typed.is_gift_card then 0 else typed.unit_price end as unit_price,
            case when typed.is_gift_card then 0 else typed.gross_amount end as gross_amount,
            case when typed.is_gift_card then 0 else typed.discount_amount end as discount_amount,
            case when typed.is_gift_card then 0 else typed.tax_amount end as tax_amount,
            case
                when typed.is_gift_card then typed.gross_amount - typed.discount_amount else 0
            end as gift_card_amount,
            case
                when typed.is_gift_card then typed.discount_amount else 0
            end as gift_card_discount_amount,
            case when typed.is_gift_card then typed.tax_amount else 0 end as gift_card_tax_amount,
            typed.currency_digits
        from typed
        left join orders_with_goods on typed.order_id = orders_with_goods.order_id
    ),

    lines_of_orders as (
        select
            order_line_id,
            order_id,
            product_id,
            variant_id,
            product_name,
            line_type,
            quantity,
            cast(unit_price as decimal(18, 6)) as unit_price,
            cast(gross_amount as decimal(18, 4)) as gross_amount,
            cast(discount_amount as decimal(18, 4)) as discount_amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount,
            cast(gift_card_amount as decimal(18, 4)) as gift_card_amount,
            cast(gift_card_discount_amount as decimal(18, 4)) as gift_card_discount_amount,
            cast(gift_card_tax_amount as decimal(18, 4)) as gift_card_tax_amount,
            currency_digits
        from counted
    )

select *
from lines_of_orders

-- Integrity: what Triple Whale is told of an order is the money of the marts to the cent.
{{ config(severity="warn") }}
with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    items as (
        select
            items.order_id,
            sum(
                {{
                    round_amount(
                        "cast(items.price as decimal(20, 6)) * items.quantity",
                        "currencies.currency_digits",
                    )
                }}
            ) as amount
        from {{ ref("triple_whale__line_items") }} as items
        inner join currencies on items.order_id = currencies.order_id
        group by items.order_id
    ),

    goods as (
        select order_id, sum(gross_amount) as amount
        from {{ ref("order_products") }}
        group by order_id
    ),

    shipping as (
        select order_id, sum(shipping_discounted_price) as amount
        from {{ ref("triple_whale__shipping_lines") }}
        group by order_id
    ),

    codes as (
        select order_id, sum(amount) as amount
        from {{ ref("triple_whale__discount_codes") }}
        group by order_id
    ),

    used_codes as (
        select order_id, sum(discount_amount) as amount
        from {{ ref("stg_oms__order_discounts") }}
        where discount_code is not null
        group by order_id
    )

select orders.order_id
from {{ ref("orders") }} as orders
left join {{ ref("triple_whale__orders") }} as sent on orders.order_id = sent.order_id
left join items on orders.order_id = items.order_id
left join goods on orders.order_id = goods.order_id
left join shipping on orders.order_id = shipping.order_id
left join codes on orders.order_id = codes.order_id
left join used_codes on orders.order_id = used_codes.order_id
where
    sent.order_revenue is distinct from orders.total_amount
    or sent.taxes is distinct from orders.tax_amount
    or sent.total_discounts is distinct from orders.discount_amount
    or items.amount is distinct from goods.amount
    or coalesce(shipping.amount, 0) <> orders.shipping_amount
    or codes.amount is distinct from used_codes.amount

-- Integrity: every order that somebody placed is in the mart, with its money to the cent. Gift
-- cards
-- count where they are redeemed, and what was taken in exchange is money of the order, too.
with
    system_orders as (select * from {{ ref("stg_oms__orders") }}),

    left_out as (select * from {{ ref("left_out_orders") }}),

    currencies as (select * from {{ ref("int_order_currencies") }}),

    changes as (
        select
            order_id,
            - gift_card_amount as amount,
            - gift_card_tax_amount as tax_amount,
            - gift_card_tax_amount as tax_on_top
        from {{ ref("int_order_lines") }}
        union all
        select order_id, net_amount as amount, tax_amount, 0 as tax_on_top
        from {{ ref("int_exchanged_lines") }}
        union all
        select order_id, tax_amount as amount, 0 as tax_amount, 0 as tax_on_top
        from {{ ref("int_exchanged_lines") }}
        union all
        select order_id, charged_amount as amount, 0 as tax_amount, 0 as tax_on_top
        from {{ ref("int_recorded_refunds") }}
    ),

    changed as (
        select
            order_id,
            sum(amount) as amount,
            sum(tax_amount) as tax_amount,
            sum(tax_on_top) as tax_on_top
        from changes
        group by order_id
    ),

    expected as (
        select
            system_orders.order_id,
            system_orders.currency,
            {{ round_amount("system_orders.tax_amount", "currencies.currency_digits") }}
            + coalesce(changed.tax_amount, 0) as tax_amount,
            {{
                round_amount(
                    "system_orders.total_amount + coalesce(system_orders.gift_card_amount, 0)",
                    "currencies.currency_digits",
                )
            }}
            + coalesce(changed.amount, 0)
            + case
                when system_orders.taxes_included then 0 else coalesce(changed.tax_on_top, 0)
            end as total_amount
        from system_orders
        left join left_out on system_orders.order_id = left_out.order_id
        left join currencies on system_orders.order_id = currencies.order_id
        left join changed on system_orders.order_id = changed.order_id
        where left_out.order_id is null
    ),

    compared as (
        select coalesce(expected.order_id, orders.order_id) as order_id
        from expected
        full outer join {{ ref("orders") }} as orders on expected.order_id = orders.order_id
        where
            expected.total_amount is distinct from orders.total_amount
            or expected.tax_amount is distinct from orders.tax_amount
            or expected.currency is distinct from orders.currency
    )

select *
from compared

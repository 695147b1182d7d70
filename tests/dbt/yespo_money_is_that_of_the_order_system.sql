-- Integrity: what Yespo is told of an order is its total less what was paid back, to the cent, and
-- what became of it. An exchange is both: what was given back, and what was charged.
{{ config(severity="warn") }}
with
    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    currencies as (select * from {{ ref("int_order_currencies") }}),

    moved as (
        select refunds.order_id, coalesce(lines.amount, 0) + coalesce(lines.tax_amount, 0) as amount
        from {{ ref("stg_oms__refund_lines") }} as lines
        inner join refunds on lines.refund_id = refunds.refund_id
        union all
        select
            order_id,
            coalesce(shipping_amount, 0)
            + coalesce(adjustment_amount, 0)
            + coalesce(tax_amount, 0) as amount
        from refunds
        union all
        select order_id, refund_amount
        from {{ ref("int_assumed_refunds") }}
        union all
        select order_id, gift_card_amount
        from {{ ref("int_order_lines") }}
        union all
        select order_id, - gift_card_amount as amount
        from {{ ref("int_placed_orders") }}
        where gift_card_amount is not null
    ),

    paid_back as (select order_id, sum(amount) as amount from moved group by order_id),

    expected as (
        select
            orders.order_id,
            orders.lifecycle,
            orders.is_in_progress,
            {{
                round_amount(
                    "orders.total_amount - coalesce(paid_back.amount, 0)",
                    "currencies.currency_digits",
                )
            }} as kept_amount,
            orders.total_amount
        from {{ ref("int_placed_orders") }} as orders
        left join paid_back on orders.order_id = paid_back.order_id
        left join currencies on orders.order_id = currencies.order_id
    )

select expected.order_id
from expected
left join
    {{ ref("yespo__orders") }} as sent
    on expected.order_id = sent.{{ adapter.quote("externalOrderId") }}
where
    sent.{{ adapter.quote("totalCost") }}
    is distinct from greatest(expected.kept_amount, least(expected.total_amount, 0))
    or sent.status is null
    or (
        sent.status = 'DELIVERED'
        and not (expected.lifecycle = 'completed' and not expected.is_in_progress)
    )
    or (
        sent.status <> 'DELIVERED'
        and expected.lifecycle = 'completed'
        and not expected.is_in_progress
        and expected.kept_amount > 0
    )

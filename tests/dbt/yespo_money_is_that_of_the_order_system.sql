-- Integrity: what Yespo is told of an order is its total less what was paid back, to the cent, and
-- what became of it.
with
    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    paid_back as (
        select refunds.order_id, sum(lines.amount + lines.tax_amount) as amount
        from {{ ref("stg_oms__refund_lines") }} as lines
        inner join refunds on lines.refund_id = refunds.refund_id
        group by refunds.order_id
    ),

    expected as (
        select
            orders.order_id,
            orders.lifecycle,
            orders.is_in_progress,
            orders.total_amount,
            coalesce(paid_back.amount, 0) as amount
        from {{ ref("placed_orders") }} as orders
        left join paid_back on orders.order_id = paid_back.order_id
    )

select expected.order_id
from expected
left join {{ ref("yespo__orders") }} as sent on expected.order_id = sent."externalOrderId"
where
    sent."totalCost" is distinct from greatest(expected.total_amount - expected.amount, 0)
    or sent.status is null
    or (sent.status = 'DELIVERED') is distinct from (
        expected.lifecycle = 'completed'
        and not expected.is_in_progress
        and (expected.amount < expected.total_amount or expected.amount = 0)
    )

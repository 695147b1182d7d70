-- Integrity: refunds hold the money of their order's refunded products, carriage and fees to the
-- cent, and refunded goods that of the products.
with
    expected_refunds as (
        select order_id, refund_amount, refund_amount - tax_amount as goods_amount
        from {{ ref("order_refunds") }}
        union all
        select order_id, refund_amount, 0 as goods_amount
        from {{ ref("unmatched_refunds") }}
        where reason = 'no product'
    ),

    expected as (
        select order_id, sum(refund_amount) as refund_amount, sum(goods_amount) as goods_amount
        from expected_refunds
        group by order_id
    ),

    totals as (
        select order_id, sum(refund_amount) as refund_amount
        from {{ ref("refunds") }}
        group by order_id
    ),

    goods as (
        select order_id, round(sum(unit_price * quantity), 2) as goods_amount
        from {{ ref("refund_items") }}
        group by order_id
    )

select coalesce(expected.order_id, totals.order_id) as order_id
from expected
full outer join totals on expected.order_id = totals.order_id
left join goods on expected.order_id = goods.order_id
where
    expected.refund_amount is distinct from totals.refund_amount
    or expected.goods_amount <> coalesce(goods.goods_amount, 0)

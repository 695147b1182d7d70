with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    refund_lines as (select * from {{ ref("int_refund_lines") }}),

    totals as (
        select
            refund_id,
            sum(amount + tax_amount) as refund_amount,
            sum(tax_amount) as tax_amount,
            sum(case when line_type = 'carriage' then amount else 0 end) as shipping_amount,
            sum(overhead_cost) as overhead_cost
        from refund_lines
        where line_type <> 'exchange'
        group by refund_id
    ),

    summed as (
        select
            refunds.refund_id,
            refunds.order_id,
            refunds.reason,
            refunds.refunded_at,
            refunds.updated_at,
            coalesce(totals.refund_amount, 0)
            + coalesce(refunds.shipping_amount, 0)
            + coalesce(refunds.adjustment_amount, 0)
            + coalesce(refunds.tax_amount, 0) as refund_amount,
            coalesce(totals.tax_amount, 0) + coalesce(refunds.tax_amount, 0) as tax_amount,
            coalesce(totals.shipping_amount, 0)
            + coalesce(refunds.shipping_amount, 0) as shipping_amount,
            coalesce(totals.overhead_cost, 0) as overhead_cost,
            currencies.currency_digits
        from refunds
        inner join currencies on refunds.order_id = currencies.order_id
        left join totals on refunds.refund_id = totals.refund_id
    ),

    rounded as (
        select
            refund_id,
            order_id,
            reason,
            refunded_at,
            updated_at,
            {{ round_amount("refund_amount", "currency_digits") }} as refund_amount,
            {{ round_amount("tax_amount", "currency_digits") }} as tax_amount,
            {{ round_amount("shipping_amount", "currency_digits") }} as shipping_amount,
            cast(overhead_cost as decimal(18, 4)) as overhead_cost
        from summed
    ),

    -- A negative refund was a charge, so it is a fee of the order.
    told as (
        select
            refund_id,
            order_id,
            reason,
            refunded_at,
            updated_at,
            cast(greatest(refund_amount, 0) as decimal(18, 4)) as refund_amount,
            cast(greatest(0, least(tax_amount, refund_amount)) as decimal(18, 4)) as tax_amount,
            cast(
                greatest(0, least(shipping_amount, refund_amount)) as decimal(18, 4)
            ) as shipping_amount,
            overhead_cost,
            cast(greatest(- refund_amount, 0) as decimal(18, 4)) as charged_amount
        from rounded
    )

select *
from told

-- Integrity: what was refunded is with an order or among the unmatched, and what a refund charged
-- is a product or fee of its order, to the cent.
{{ config(severity="warn") }}
with
    refunds as (
        select coalesce(amount, 0) + coalesce(tax_amount, 0) as refunded_amount
        from {{ ref("stg_oms__refund_lines") }}
        union all
        select
            coalesce(shipping_amount, 0) + coalesce(adjustment_amount, 0) + coalesce(tax_amount, 0)
        from {{ ref("stg_oms__refunds") }}
        union all
        select - refund_amount
        from {{ ref("refunds") }}
        where not is_assumed
        union all
        select charged_amount
        from {{ ref("int_recorded_refunds") }}
        union all
        select net_amount + tax_amount
        from {{ ref("int_exchanged_lines") }}
        union all
        select - refund_amount
        from {{ ref("unmatched_refunds") }}
        where reason <> 'no product'
    )

select sum(refunded_amount) as lost_amount
from refunds
having sum(refunded_amount) <> 0

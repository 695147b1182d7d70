-- Integrity: what was refunded is with an order or among the unmatched, to the cent.
with
    refunds as (
        select amount + tax_amount as refunded_amount
        from {{ ref("stg_oms__refund_lines") }}
        union all
        select - refund_amount as refunded_amount
        from {{ ref("order_refunds") }}
        union all
        select - refund_amount as refunded_amount
        from {{ ref("unmatched_refunds") }}
    )

select sum(refunded_amount) as lost_amount
from refunds
having sum(refunded_amount) <> 0

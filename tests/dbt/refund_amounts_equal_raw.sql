-- Integrity: what was refunded is with an order or among the unmatched, to the cent.
with
    totals as (
        select
            (
                select coalesce(sum(amount + tax_amount), 0)
                from {{ source("oms", "refund_lines") }}
            ) as raw_amount,
            (
                select coalesce(sum(refund_amount), 0) from {{ ref("order_refunds") }}
            ) as matched_amount,
            (
                select coalesce(sum(refund_amount), 0) from {{ ref("unmatched_refunds") }}
            ) as unmatched_amount
    )

select *
from totals
where raw_amount <> matched_amount + unmatched_amount

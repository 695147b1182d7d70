-- Integrity: the marts hold the totals of the raw tables to the cent. It knows the raw tables of
-- the sample, so it is rewritten with the staging models.
{{ config(severity="warn") }}
with
    numbered as (
        select
            *,
            row_number() over (
                partition by order_id order by version desc, updated_at desc
            ) as newest_first
        from {{ source("oms", "orders") }}
    ),

    newest as (select * from numbered where newest_first = 1),

    left_out as (select * from {{ ref("left_out_orders") }}),

    placed as (
        select newest.*
        from newest
        left join left_out on newest.order_id = left_out.order_id
        where left_out.order_id is null
    ),

    raw_totals as (
        select 'total ' || currency as total, sum(total_amount) as amount
        from placed
        group by currency
        union all
        select 'tax ' || currency as total, sum(tax_amount) as amount
        from placed
        group by currency
        union all
        select 'lines' as total, sum(round(lines.quantity * lines.unit_price, 2)) as amount
        from {{ source("oms", "order_lines") }} as lines
        inner join placed on lines.order_id = placed.order_id
        union all
        select 'refunds' as total, sum(amount + tax_amount) as amount
        from {{ source("oms", "refund_lines") }}
    ),

    mart_refunds as (
        select refund_amount
        from {{ ref("order_refunds") }}
        union all
        select refund_amount
        from {{ ref("unmatched_refunds") }}
    ),

    mart_totals as (
        select 'total ' || currency as total, sum(total_amount) as amount
        from {{ ref("orders") }}
        group by currency
        union all
        select 'tax ' || currency as total, sum(tax_amount) as amount
        from {{ ref("orders") }}
        group by currency
        union all
        select 'lines' as total, sum(gross_amount) as amount
        from {{ ref("int_priced_lines") }}
        union all
        select 'refunds' as total, sum(refund_amount) as amount
        from mart_refunds
    )

select
    coalesce(raw_totals.total, mart_totals.total) as total,
    raw_totals.amount as raw_amount,
    mart_totals.amount as mart_amount
from raw_totals
full outer join mart_totals on raw_totals.total = mart_totals.total
where raw_totals.amount is distinct from mart_totals.amount

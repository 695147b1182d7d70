-- Integrity: every row of the order system is in orders or in left_out_orders, and in one of them.
with
    counted as (
        select
            (select count(*) from {{ ref("stg_oms__orders") }}) as rows_in_system,
            (select count(*) from {{ ref("orders") }}) as orders_in_mart,
            (select count(*) from {{ ref("left_out_orders") }}) as left_out_rows
    )

select *
from counted
where rows_in_system <> orders_in_mart + left_out_rows

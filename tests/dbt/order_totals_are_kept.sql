-- Integrity: every order that somebody placed is in the mart, with its money to the cent.
with
    system_orders as (select * from {{ ref("stg_oms__orders") }}),

    left_out as (select * from {{ ref("left_out_orders") }}),

    expected as (
        select system_orders.*
        from system_orders
        left join left_out on system_orders.order_id = left_out.order_id
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

-- Integrity: every order that is no adjustment is in the mart, with its money to the cent.
with
    expected as (
        select * from {{ ref("stg_oms__orders") }} where order_status is distinct from 'adjustment'
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

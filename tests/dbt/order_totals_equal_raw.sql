-- Integrity: every order that is no adjustment is in the mart, with its money to the cent.
with
    newest as (
        select
            order_id,
            arg_max(status, (updated_at, version)) as status,
            arg_max(total_amount, (updated_at, version)) as total_amount,
            arg_max(tax_amount, (updated_at, version)) as tax_amount
        from {{ source("oms", "orders") }}
        group by order_id
    ),

    expected as (select * from newest where status <> 'adjustment'),

    compared as (
        select coalesce(expected.order_id, orders.order_id) as order_id
        from expected
        full outer join {{ ref("orders") }} as orders on expected.order_id = orders.order_id
        where
            expected.total_amount is distinct from orders.total_amount
            or expected.tax_amount is distinct from orders.tax_amount
    )

select *
from compared

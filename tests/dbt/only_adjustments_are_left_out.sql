-- Every order of the system is in the mart or is an adjustment: none is lost on the way.
with
    counted as (
        select
            count(*) as orders_in_system,
            count(*) filter (where order_status = 'adjustment') as adjustments,
            (select count(*) from {{ ref("orders") }}) as orders_in_mart
        from {{ ref("stg_oms__orders") }}
    )

select *
from counted
where orders_in_system <> orders_in_mart + adjustments

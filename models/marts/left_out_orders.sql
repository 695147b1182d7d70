with
    orders as (select * from {{ ref("stg_oms__orders") }}),

    lifecycles as (select * from {{ ref("int_order_lifecycles") }}),

    left_out as (
        select
            orders.order_id,
            orders.order_status,
            orders.channel,
            case when lifecycles.is_write_off then 'write-off' else 'status' end as reason,
            orders.total_amount,
            orders.ordered_at
        from orders
        inner join lifecycles on orders.order_id = lifecycles.order_id
        where lifecycles.lifecycle = 'not_an_order'
    )

select *
from left_out

with
    orders as (select * from {{ ref("stg_oms__orders") }}),

    lines as (select * from {{ ref("stg_oms__order_lines") }}),

    statuses as (select * from {{ ref("order_statuses") }}),

    -- One row per spelling, so that a status listed twice cannot duplicate orders.
    spellings as (
        select
            {{ matching_key("status") }} as status_key,
            min(lifecycle) as lifecycle,
            coalesce(bool_or(is_in_progress), false) as is_in_progress
        from statuses
        group by {{ matching_key("status") }}
    ),

    -- No known customer placed it, and it has no money.
    anonymous as (
        select order_id
        from orders
        where
            coalesce(total_amount, 0) = 0
            and coalesce(customer_id, guest_email, guest_phone, guest_first_name, guest_last_name)
            is null
    ),

    -- A stock write-off: only negative units, all of them free.
    write_offs as (
        select lines.order_id
        from lines
        inner join anonymous on lines.order_id = anonymous.order_id
        group by lines.order_id
        having
            min(lines.quantity) < 0
            and max(lines.quantity) <= 0
            and coalesce(max(abs(lines.unit_price)), 0) = 0
    ),

    matched as (
        select
            orders.order_id,
            orders.order_status,
            coalesce(spellings.lifecycle, 'placed') as status_lifecycle,
            coalesce(spellings.is_in_progress, false) as is_in_progress,
            write_offs.order_id is not null as is_write_off
        from orders
        left join spellings on {{ matching_key("orders.order_status") }} = spellings.status_key
        left join write_offs on orders.order_id = write_offs.order_id
    ),

    interpreted as (
        select
            order_id,
            order_status,
            case when is_write_off then 'not_an_order' else status_lifecycle end as lifecycle,
            is_in_progress,
            is_write_off
        from matched
    )

select *
from interpreted

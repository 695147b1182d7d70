with
    recorded as (select * from {{ ref("int_recorded_refunds") }}),

    assumed as (select * from {{ ref("int_assumed_refunds") }}),

    -- Carriage, fees and money without a product can be returned, too.
    united as (
        select
            order_id,
            refund_id,
            refund_amount,
            tax_amount,
            shipping_amount,
            overhead_cost,
            reason,
            false as is_assumed,
            refunded_at,
            updated_at
        from recorded
        union all
        select
            order_id,
            refund_id,
            refund_amount,
            tax_amount,
            shipping_amount,
            cast(0 as decimal(18, 4)) as overhead_cost,
            cast(null as {{ text_type() }}) as reason,
            true as is_assumed,
            refunded_at,
            updated_at
        from assumed
    ),

    numbered as (
        select
            order_id,
            cast(
                row_number() over (partition by order_id order by refunded_at, refund_id) as integer
            ) as position,
            refund_id,
            refund_amount,
            tax_amount,
            shipping_amount,
            overhead_cost,
            reason,
            is_assumed,
            refunded_at,
            updated_at
        from united
    )

select *
from numbered

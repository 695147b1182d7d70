with
    orders as (select * from {{ ref("placed_orders") }}),

    discounts as (select * from {{ ref("stg_oms__order_discounts") }}),

    grouped as (
        select
            discounts.order_id,
            discounts.discount_code,
            cast(sum(discounts.discount_amount) as decimal(18, 4)) as discount_amount
        from discounts
        inner join orders on discounts.order_id = orders.order_id
        where discounts.discount_code is not null
        group by discounts.order_id, discounts.discount_code
    ),

    -- The order system keeps what a code took off, never its rate.
    numbered as (
        select
            order_id,
            cast(
                row_number() over (partition by order_id order by discount_code) as integer
            ) as position,
            discount_code,
            'fixed_amount' as discount_type,
            discount_amount
        from grouped
    )

select *
from numbered

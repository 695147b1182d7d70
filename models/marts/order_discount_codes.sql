with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    discounts as (select * from {{ ref("stg_oms__order_discounts") }}),

    grouped as (
        select
            discounts.order_id,
            discounts.discount_code,
            currencies.currency_digits,
            sum(discounts.discount_amount) as discount_amount,
            min(lower(discounts.discount_type)) = 'percentage'
            and max(lower(discounts.discount_type)) = 'percentage'
            and count(discounts.discount_type) = count(*) as is_percentage
        from discounts
        inner join currencies on discounts.order_id = currencies.order_id
        where discounts.discount_code is not null
        group by discounts.order_id, discounts.discount_code, currencies.currency_digits
    ),

    -- The amount is the money that a code took off, also for percentages.
    numbered as (
        select
            order_id,
            cast(
                row_number() over (partition by order_id order by discount_code) as integer
            ) as position,
            discount_code,
            case when is_percentage then 'percentage' else 'fixed_amount' end as discount_type,
            {{ round_amount("discount_amount", "currency_digits") }} as discount_amount
        from grouped
    )

select *
from numbered

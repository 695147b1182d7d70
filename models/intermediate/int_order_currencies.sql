with
    orders as (select * from {{ ref("int_placed_orders") }}),

    currencies as (select * from {{ ref("currencies") }}),

    -- The contracts refuse a currency that is not an ISO code, whatever its decimals.
    joined as (
        select orders.order_id, orders.currency, coalesce(currencies.digits, 2) as currency_digits
        from orders
        left join currencies on orders.currency = currencies.currency
    )

select *
from joined

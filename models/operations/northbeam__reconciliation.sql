with
    all_orders as (select * from {{ ref("northbeam__orders") }}),

    deliveries as (select * from {{ ref("stg_connector__orders") }}),

    -- Cancelled orders and drafts are not sent, or were taken back.
    orders as (
        select *
        from all_orders
        where
            _lifecycle is null
            or _lifecycle not in ('cancelled', 'failed', 'draft', 'abandoned', 'not_an_order')
    ),

    own_deliveries as (
        select *
        from deliveries
        where destination = 'northbeam' and environment = '{{ var("connector_environment") }}'
    ),

    -- An order that is gone from the view has neither day nor currency.
    joined as (
        select
            cast(orders.time_of_purchase as date) as ordered_on,
            orders.currency,
            orders.order_id as order_id_in_view,
            orders.purchase_total,
            own_deliveries.delivered_run_id,
            own_deliveries.delivered_amount,
            coalesce(own_deliveries.status, 'pending') as status
        from orders
        full join own_deliveries on orders.order_id = own_deliveries.order_id
    ),

    summed as (
        select
            ordered_on,
            currency,
            count(order_id_in_view) as orders_in_view,
            count(delivered_run_id) as orders_delivered,
            count(*) filter (where status = 'invalid') as orders_invalid,
            cast(coalesce(sum(purchase_total), 0) as decimal(38, 2)) as revenue_in_view,
            cast(coalesce(sum(delivered_amount), 0) as decimal(38, 2)) as revenue_delivered
        from joined
        group by ordered_on, currency
    ),

    compared as (
        select *, cast(revenue_in_view - revenue_delivered as decimal(38, 2)) as revenue_difference
        from summed
    )

select *
from compared

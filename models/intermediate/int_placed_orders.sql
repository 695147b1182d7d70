{# A table, since ten models read it and it picks the newest of all versions of an order. #}
{{ config(materialized="table") }}

with
    orders as (select * from {{ ref("stg_oms__orders") }}),

    lifecycles as (select * from {{ ref("int_order_lifecycles") }}),

    -- Adjustments and stock write-offs are bookkeeping entries: nobody ordered anything.
    placed as (
        select
            orders.order_id,
            orders.customer_id,
            orders.shipping_address_id,
            orders.subscription_id,
            orders.marketplace_order_id,
            orders.guest_email,
            orders.guest_phone,
            orders.guest_first_name,
            orders.guest_last_name,
            orders.order_status,
            orders.channel,
            orders.currency,
            orders.taxes_included,
            orders.is_renewal,
            orders.discount_amount,
            orders.shipping_amount,
            orders.tax_amount,
            orders.total_amount,
            orders.fee_amount,
            orders.gift_card_amount,
            orders.ordered_at,
            orders.updated_at,
            lifecycles.lifecycle,
            lifecycles.is_in_progress
        from orders
        inner join lifecycles on orders.order_id = lifecycles.order_id
        where lifecycles.lifecycle <> 'not_an_order'
    )

select *
from placed

create or replace table raw.orders as
select
    source.* replace (
        source.order_id || copies.suffix as order_id,
        source.customer_id || copies.suffix as customer_id,
        source.subscription_id || copies.suffix as subscription_id,
        source.marketplace_order_id || copies.suffix as marketplace_order_id,
        source.shipping_address_id + copies.copy * 1000000 as shipping_address_id,
        copied_email(source.guest_email, copies.copy) as guest_email
    ),
    now() as _loaded_at
from source('orders') as source
inner join order_numbers using (order_id)
cross join copies
where order_numbers.order_number <= copies.orders_left;

create or replace table raw.order_lines as
select
    source.* replace (
        source.order_line_id + copies.copy * 1000000 as order_line_id,
        source.order_id || copies.suffix as order_id
    ),
    now() as _loaded_at
from source('order_lines') as source
inner join order_numbers using (order_id)
cross join copies
where order_numbers.order_number <= copies.orders_left;

create or replace table raw.order_discounts as
select
    source.* replace (
        source.order_discount_id + copies.copy * 1000000 as order_discount_id,
        source.order_id || copies.suffix as order_id
    ),
    now() as _loaded_at
from source('order_discounts') as source
inner join order_numbers using (order_id)
cross join copies
where order_numbers.order_number <= copies.orders_left;

create or replace table raw.order_tags as
select
    source.* replace (
        source.order_id || copies.suffix as order_id
    ),
    now() as _loaded_at
from source('order_tags') as source
inner join order_numbers using (order_id)
cross join copies
where order_numbers.order_number <= copies.orders_left;

create or replace table raw.pixel_purchase_events as
select
    source.* replace (
        source.pixel_event_id + copies.copy * 1000000 as pixel_event_id,
        source.order_id || copies.suffix as order_id
    ),
    now() as _loaded_at
from source('pixel_purchase_events') as source
inner join order_numbers using (order_id)
cross join copies
where order_numbers.order_number <= copies.orders_left;

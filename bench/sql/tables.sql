-- The views of Northbeam as tables: as many orders as the variable says over five years, each with
-- as many lines as another one says, a refund for every tenth; the same rows each time.
set timezone = 'UTC'
;

create temp macro named(i) as 'ORD-' || lpad(i::varchar, 8, '0');

create temp macro quantity_of(i, k) as 1 + (hash(i * 37 + k) % 4)::integer;

create temp macro price_of(i, k) as ((100 + hash(i * 41 + k) % 20000)::bigint * 0.01)::decimal(18, 2);

create temp macro cost_of(i, k) as (quantity_of(i, k) * price_of(i, k))::decimal(18, 2);

create temp macro total_of(i) as (
    list_sum([cost_of(i, k) for k in range(1, getvariable('lines') + 1)])
)::decimal(18, 2);

create table northbeam__orders as
select
    named(i) as order_id,
    'CUS-' || lpad((hash(i) % 40000)::varchar, 6, '0') as customer_id,
    timestamptz '2021-01-01 00:00:00+00'
    + to_seconds((i * 150000000.0 / getvariable('orders'))::bigint) as time_of_purchase,
    'buyer' || (hash(i) % 40000) || '@mail.example' as customer_email,
    'Buyer Number ' || (hash(i) % 40000) as customer_name,
    ['USD', 'EUR', 'GBP'][1 + (hash(i * 5) % 3)::integer] as currency,
    ((500 + hash(i * 7) % 900)::bigint * 0.01)::decimal(18, 2) as shipping_cost,
    ((hash(i * 11) % 500)::bigint * 0.01)::decimal(18, 2) as discount_amount,
    (0.08 * total_of(i))::decimal(18, 2) as tax,
    (total_of(i) + tax + shipping_cost)::decimal(18, 2) as purchase_total,
    case when i % 4 = 0 then ['WELCOME10'] else []::varchar[] end as discount_codes,
    case when i % 3 = 0 then ['web', 'gift'] else ['web'] end as order_tags,
    i % 9 = 0 as is_recurring_order,
    'Street '
    || (hash(i * 13) % 900)
    || ', flat '
    || (i % 60) as customer_shipping_address__address1,
    ['Austin', 'Kyiv', 'Lyon'][1 + i % 3] as customer_shipping_address__city,
    ['TX', '30', 'ARA'][1 + i % 3] as customer_shipping_address__state,
    lpad((hash(i * 17) % 99999)::varchar, 5, '0') as customer_shipping_address__zip,
    ['USA', 'UKR', 'FRA'][1 + i % 3] as customer_shipping_address__country_code,
    time_of_purchase + to_seconds((hash(i * 19) % 86400)::bigint) as _changed_at
from range(getvariable('orders')) as numbers(i);

create table northbeam__products as
select
    named(i) as order_id,
    k::integer as _position,
    'P-' || (hash(i * 31 + k) % 5000) as id,
    'Product number ' || (hash(i * 31 + k) % 5000) as name,
    quantity_of(i, k) as quantity,
    price_of(i, k) as price,
    'V-' || (hash(i * 31 + k) % 20000) as variant_id,
    'Size ' || ['S', 'M', 'L', 'XL'][1 + (hash(i + k) % 4)::integer] as variant_name
from range(getvariable('orders')) as numbers(i), range(1, getvariable('lines') + 1) as lines(k);

create table northbeam__refunds as
select
    order_id,
    1 as _position,
    id as product_id,
    variant_id,
    quantity,
    (price * quantity)::decimal(18, 2) as refund_amount,
    refund_amount as refund_cost,
    timestamptz '2026-01-01 00:00:00+00'
    + to_seconds((hash(order_id) % 1000000)::bigint) as refund_made_at
from northbeam__products
where _position = 1 and hash(order_id || 'r') % 10 = 0;

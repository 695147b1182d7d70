-- An order-management system of one's own in PostgreSQL, with orders whose money is easily told
-- wrong.
-- `expected.yml` says what is right.
create schema shop;

create type shop.order_status as enum (
    'draft', 'pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded'
);

create table shop.customers (
    id bigint primary key,
    email text,
    phone text,
    first_name text,
    last_name text,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table shop.products (
    id bigint primary key,
    sku text not null,
    name text not null,
    kind text not null,  -- goods, gift_card or fee
    categories text[] not null,
    updated_at timestamptz not null
);

create table shop.orders (
    id bigint primary key,
    number text not null,
    status shop.order_status not null,
    customer_id bigint,  -- null: a guest, whose data is in `contact`
    contact jsonb,
    ship_to jsonb,
    channel text not null,
    tags text[] not null,
    currency text not null,
    prices_include_tax boolean not null,
    shipping_amount numeric(12, 2) not null,
    shipping_tax numeric(12, 2) not null,
    shipping_method text,
    gift_card_paid numeric(12, 2) not null,  -- part of the total
    total numeric(12, 2) not null,
    payment_methods text[] not null,
    placed_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz  -- deleted softly: no order any more
);

create table shop.order_items (
    id bigint primary key,
    order_id bigint not null,
    product_id bigint not null,
    quantity numeric(12, 3) not null,
    unit_price numeric(12, 4) not null,
    discount numeric(12, 2) not null,
    tax numeric(12, 2) not null
);

create table shop.order_discounts (
    id bigint primary key,
    order_id bigint not null,
    code text,
    applies_to text not null,  -- items: it is on the lines already; order; shipping
    amount numeric(12, 2) not null
);

create table shop.refunds (
    id bigint primary key,
    order_id bigint not null,
    reason text,
    amount numeric(12, 2) not null,  -- all that went back, with tax
    shipping_amount numeric(12, 2) not null,  -- of it for shipping, without tax
    shipping_tax numeric(12, 2) not null,
    created_at timestamptz not null
);

create table shop.refund_items (
    id bigint primary key,
    refund_id bigint not null,
    order_item_id bigint not null,
    quantity numeric(12, 3) not null,
    amount numeric(12, 2) not null,  -- without tax
    tax numeric(12, 2) not null
);

insert into shop.customers values
    (1, 'Olena@Harbor.example ', '+44 20 7946 0958', 'Olena', 'Harbor', '2025-01-01 08:00:00+00', '2026-01-01 08:00:00+00'),
    (2, 'ben@shop.example', null, 'Ben', null, '2025-02-01 08:00:00+01', '2026-01-01 08:00:00+00');

insert into shop.products values
    (10, 'TEA-250', 'Harbor Tea', 'goods', array['tea', 'black'], '2026-01-01 00:00:00+00'),
    (11, 'MUG-B', 'Harbor Mug', 'goods', array['mugs'], '2026-01-01 00:00:00+00'),
    (12, 'CARD', 'Gift card', 'gift_card', array['cards'], '2026-01-01 00:00:00+00'),
    (13, 'WRAP', 'Gift wrap', 'fee', array['services'], '2026-01-01 00:00:00+00');

-- 3001 plain, tax added; 3002 tax included; 3003 partly returned; 3004 returned whole with
-- shipping; 3005 cancelled;
-- 3006 code for the whole order; 3007 code on the lines; 3008 free shipping by code; 3009 a
-- guest; 3010 yen;
-- 3011 a gift card sold; 3012 paid with a gift card; 3013 a fee among the items; 3014 deleted
-- softly; 3015 a draft;
-- 3016 placed in the hour that occurs twice; 3017 money back without items; 3018 two refunds of
-- one item; 3019 free;
-- 3020 part of a unit; 3021 status refunded without a refund; 3022 refund of tax-included prices;
-- 3023 dinars
insert into shop.orders values
    (3001, 'H-3001', 'delivered', 1, null, '{"zip": "E1 6AN", "city": "London", "street": "8 Quay Rd", "country": "GB"}', 'web', array['vip', 'spring'], 'GBP', false, 4.00, 0.80, 'courier', 0, 28.80, array['card'], '2026-01-05 10:00:00+00', '2026-01-07 10:00:00+00', null),
    (3002, 'H-3002', 'shipped', 1, null, null, 'web', array[]::text[], 'EUR', true, 5.00, 0.80, 'post', 0, 29.00, array['paypal'], '2026-01-05 11:00:00+01', '2026-01-07 10:00:00+00', null),
    (3003, 'H-3003', 'delivered', 2, null, null, 'phone', array[]::text[], 'GBP', false, 4.00, 0.80, 'courier', 0, 28.80, array['card'], '2026-01-06 10:00:00+00', '2026-01-09 10:00:00+00', null),
    (3004, 'H-3004', 'refunded', 2, null, null, 'web', array[]::text[], 'GBP', false, 4.00, 0.80, 'courier', 0, 16.80, array['card'], '2026-01-06 11:00:00+00', '2026-01-09 10:00:00+00', null),
    (3005, 'H-3005', 'cancelled', 2, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, null, 0, 12.00, array['card'], '2026-01-06 12:00:00+00', '2026-01-06 13:00:00+00', null),
    (3006, 'H-3006', 'delivered', 1, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 21.60, array['card'], '2026-01-07 10:00:00+00', '2026-01-08 10:00:00+00', null),
    (3007, 'H-3007', 'delivered', 1, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 21.60, array['card'], '2026-01-07 11:00:00+00', '2026-01-08 10:00:00+00', null),
    (3008, 'H-3008', 'delivered', 1, null, null, 'web', array[]::text[], 'GBP', false, 4.00, 0, 'courier', 0, 12.00, array['card'], '2026-01-07 12:00:00+00', '2026-01-08 10:00:00+00', null),
    (3009, 'H-3009', 'paid', null, '{"name": {"last": "Gale", "first": "Gia"}, "email": "GUEST@shop.example", "phone": "+1 415 555 0142"}', '{"zip": "78701", "city": "Austin", "state": "TX", "street": "1 Main St", "country": "US"}', 'web', array[]::text[], 'USD', false, 0, 0, 'post', 0, 12.00, array['card'], '2026-01-08 10:00:00+00', '2026-01-08 11:00:00+00', null),
    (3010, 'H-3010', 'delivered', 2, null, null, 'marketplace', array[]::text[], 'JPY', true, 0, 0, 'post', 0, 1100, array['card'], '2026-01-08 11:00:00+09', '2026-01-08 11:00:00+00', null),
    (3011, 'H-3011', 'delivered', 1, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, null, 0, 62.00, array['card'], '2026-01-08 12:00:00+00', '2026-01-08 12:30:00+00', null),
    (3012, 'H-3012', 'delivered', 2, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 10.00, 12.00, array['gift_card', 'card'], '2026-01-09 10:00:00+00', '2026-01-09 12:00:00+00', null),
    (3013, 'H-3013', 'delivered', 1, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 15.00, array['card'], '2026-01-09 11:00:00+00', '2026-01-09 12:00:00+00', null),
    (3014, 'H-3014', 'paid', 1, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 12.00, array['card'], '2026-01-09 12:00:00+00', '2026-01-10 12:00:00+00', '2026-01-10 12:00:00+00'),
    (3015, 'H-3015', 'draft', 2, null, null, 'phone', array[]::text[], 'GBP', false, 0, 0, null, 0, 12.00, array[]::text[], '2026-01-10 10:00:00+00', '2026-01-10 10:00:00+00', null),
    (3016, 'H-3016', 'delivered', 2, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 12.00, array['card'], '2025-10-26 01:30:00+00', '2025-10-27 10:00:00+00', null),
    (3017, 'H-3017', 'delivered', 2, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 12.00, array['card'], '2026-01-10 11:00:00+00', '2026-01-12 10:00:00+00', null),
    (3018, 'H-3018', 'delivered', 1, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 36.00, array['card'], '2026-01-10 12:00:00+00', '2026-01-14 10:00:00+00', null),
    (3019, 'H-3019', 'delivered', 1, null, null, 'web', array['sample'], 'GBP', false, 0, 0, 'post', 0, 0, array[]::text[], '2026-01-11 10:00:00+00', '2026-01-12 10:00:00+00', null),
    (3020, 'H-3020', 'delivered', 1, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 6.00, array['card'], '2026-01-11 11:00:00+00', '2026-01-12 10:00:00+00', null),
    (3021, 'H-3021', 'refunded', 2, null, null, 'web', array[]::text[], 'GBP', false, 0, 0, 'post', 0, 12.00, array['card'], '2026-01-11 12:00:00+00', '2026-01-13 10:00:00+00', null),
    (3022, 'H-3022', 'delivered', 2, null, null, 'web', array[]::text[], 'EUR', true, 5.00, 0.80, 'post', 0, 29.00, array['card'], '2026-01-12 10:00:00+01', '2026-01-15 10:00:00+00', null),
    (3023, 'H-3023', 'pending', 1, null, null, 'web', array[]::text[], 'KWD', false, 0, 0, 'post', 0, 3.50, array['card'], '2026-01-12 11:00:00+03', '2026-01-12 11:00:00+00', null);

insert into shop.order_items values
    (1, 3001, 10, 2, 10.0000, 0, 4.00),
    (2, 3002, 10, 2, 12.0000, 0, 3.83),
    (3, 3003, 10, 1, 10.0000, 0, 2.00),
    (4, 3003, 11, 1, 10.0000, 0, 2.00),
    (5, 3004, 10, 1, 10.0000, 0, 2.00),
    (6, 3005, 10, 1, 10.0000, 0, 2.00),
    (7, 3006, 10, 2, 10.0000, 0, 3.60),
    (8, 3007, 10, 2, 10.0000, 2.00, 3.60),
    (9, 3008, 10, 1, 10.0000, 0, 2.00),
    (10, 3009, 11, 1, 10.0000, 0, 2.00),
    (11, 3010, 11, 1, 1100.0000, 0, 100),
    (12, 3011, 12, 1, 50.0000, 0, 0),
    (13, 3011, 11, 1, 10.0000, 0, 2.00),
    (14, 3012, 11, 1, 10.0000, 0, 2.00),
    (15, 3013, 11, 1, 10.0000, 0, 2.00),
    (16, 3013, 13, 1, 3.0000, 0, 0),
    (17, 3014, 11, 1, 10.0000, 0, 2.00),
    (18, 3015, 11, 1, 10.0000, 0, 2.00),
    (19, 3016, 11, 1, 10.0000, 0, 2.00),
    (20, 3017, 11, 1, 10.0000, 0, 2.00),
    (21, 3018, 10, 3, 10.0000, 0, 6.00),
    (22, 3019, 10, 1, 0, 0, 0),
    (23, 3020, 10, 0.5, 10.0000, 0, 1.00),
    (24, 3021, 11, 1, 10.0000, 0, 2.00),
    (25, 3022, 10, 2, 12.0000, 0, 3.83),
    (26, 3023, 11, 1, 3.5000, 0, 0);

insert into shop.order_discounts values
    (1, 3006, 'TEN', 'order', 2.00),
    (2, 3007, 'TEN', 'items', 2.00),
    (3, 3008, 'SHIP', 'shipping', 4.00);

insert into shop.refunds values
    (1, 3003, 'broken', 12.00, 0, 0, '2026-01-09 10:00:00+00'),
    (2, 3004, 'not wanted', 16.80, 4.00, 0.80, '2026-01-09 10:00:00+00'),
    (3, 3017, 'late', 3.00, 0, 0, '2026-01-12 10:00:00+00'),
    (4, 3018, 'broken', 12.00, 0, 0, '2026-01-12 10:00:00+00'),
    (5, 3018, 'broken', 12.00, 0, 0, '2026-01-14 10:00:00+00'),
    (6, 3022, 'not wanted', 12.00, 0, 0, '2026-01-15 10:00:00+00');

insert into shop.refund_items values
    (1, 1, 4, 1, 10.00, 2.00),
    (2, 2, 5, 1, 10.00, 2.00),
    (3, 4, 21, 1, 10.00, 2.00),
    (4, 5, 21, 1, 10.00, 2.00),
    (5, 6, 25, 1, 10.08, 1.92);

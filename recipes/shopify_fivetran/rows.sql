-- A shop as Fivetran lands it, with orders whose money is easily told wrong. `expected.yml` says
-- what is right.
create schema shopify;

create table shopify.customer (
    id bigint,
    first_name varchar,
    last_name varchar,
    email varchar,
    phone varchar,
    state varchar,
    created_at timestamp,
    updated_at timestamp,
    _fivetran_synced timestamp
);

create table shopify."order" (
    id bigint,
    name varchar,
    email varchar,
    customer_id bigint,
    location_id bigint,
    currency varchar,
    taxes_included boolean,
    subtotal_price double,
    total_line_items_price double,
    total_discounts double,
    total_tax double,
    total_price double,
    financial_status varchar,
    fulfillment_status varchar,
    source_name varchar,
    browser_ip varchar,
    test boolean,
    created_at timestamp,
    processed_at timestamp,
    updated_at timestamp,
    cancelled_at timestamp,
    shipping_address_first_name varchar,
    shipping_address_last_name varchar,
    shipping_address_phone varchar,
    shipping_address_address_1 varchar,
    shipping_address_address_2 varchar,
    shipping_address_city varchar,
    shipping_address_province varchar,
    shipping_address_province_code varchar,
    shipping_address_zip varchar,
    shipping_address_country varchar,
    shipping_address_country_code varchar,
    _fivetran_synced timestamp
);

create table shopify.order_line (
    id bigint,
    order_id bigint,
    product_id bigint,
    variant_id bigint,
    index bigint,
    name varchar,
    title varchar,
    sku varchar,
    price double,
    quantity bigint,
    total_discount double,
    gift_card boolean,
    _fivetran_synced timestamp
);

create table shopify.tax_line (
    order_line_id bigint,
    index bigint,
    title varchar,
    price double,
    rate double,
    price_set varchar,
    _fivetran_synced timestamp
);

create table shopify.order_shipping_line (
    id bigint,
    order_id bigint,
    title varchar,
    price double,
    discounted_price double,
    price_set varchar,
    _fivetran_synced timestamp
);

create table shopify.discount_application (
    order_id bigint,
    index bigint,
    type varchar,
    code varchar,
    title varchar,
    target_type varchar,
    target_selection varchar,
    allocation_method varchar,
    value double,
    value_type varchar,
    _fivetran_synced timestamp
);

create table shopify.discount_allocation (
    order_line_id bigint,
    index bigint,
    discount_application_index bigint,
    amount double,
    amount_set_shop_money_amount double,
    amount_set_shop_money_currency_code varchar,
    amount_set_presentment_money_amount double,
    amount_set_presentment_money_currency_code varchar,
    _fivetran_synced timestamp
);

create table shopify.order_discount_code (
    order_id bigint,
    index bigint,
    code varchar,
    type varchar,
    amount double,
    _fivetran_synced timestamp
);

create table shopify.order_tag (
    order_id bigint, index bigint, value varchar, _fivetran_synced timestamp
);

create table shopify.order_note_attribute (
    order_id bigint, name varchar, value varchar, _fivetran_synced timestamp
);

create table shopify.product (
    id bigint,
    title varchar,
    handle varchar,
    product_type varchar,
    vendor varchar,
    created_at timestamp,
    updated_at timestamp,
    _fivetran_synced timestamp
);

create table shopify.product_variant (
    id bigint,
    product_id bigint,
    title varchar,
    sku varchar,
    price double,
    created_at timestamp,
    updated_at timestamp,
    _fivetran_synced timestamp
);

create table shopify.refund (
    id bigint,
    order_id bigint,
    created_at timestamp,
    processed_at timestamp,
    note varchar,
    restock boolean,
    _fivetran_synced timestamp
);

create table shopify.order_line_refund (
    id bigint,
    refund_id bigint,
    order_line_id bigint,
    quantity bigint,
    restock_type varchar,
    subtotal double,
    total_tax double,
    _fivetran_synced timestamp
);

create table shopify.order_adjustment (
    id bigint,
    order_id bigint,
    refund_id bigint,
    amount double,
    tax_amount double,
    kind varchar,
    reason varchar,
    _fivetran_synced timestamp
);

create table shopify.transaction (
    id bigint,
    order_id bigint,
    refund_id bigint,
    amount double,
    gateway varchar,
    kind varchar,
    status varchar,
    currency varchar,
    created_at timestamp,
    _fivetran_synced timestamp
);

insert into shopify.customer by name
select
    id,
    first_name,
    'Moss' as last_name,
    email,
    phone,
    timestamp '2026-01-02 08:00:00' as created_at,
    timestamp '2026-01-02 08:00:00' as updated_at,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (7001, 'Ann', 'Ann.Moss@shop.example ', '07911 123456'),
            (7002, 'Ben', 'ben@shop.example', '+4915112345678')
    ) as customers (id, first_name, email, phone);

insert into shopify.product by name
select
    id,
    title,
    product_type,
    timestamp '2026-01-01 08:00:00' as created_at,
    timestamp '2026-01-01 08:00:00' as updated_at,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (501, 'Pot', 'Kitchen'),
            (502, 'Tea', 'Pantry'),
            (503, 'Gift card', 'Gift cards')
    ) as products (id, title, product_type);

insert into shopify.product_variant by name
select
    id,
    product_id,
    title,
    sku,
    timestamp '2026-01-01 08:00:00' as created_at,
    timestamp '2026-01-01 08:00:00' as updated_at,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (601, 501, 'Blue', 'POT-BLUE'),
            (602, 501, 'Red', 'POT-RED'),
            (603, 502, 'Default Title', 'TEA-250'),
            (604, 503, '50', 'GIFT-50')
    ) as variants (id, product_id, title, sku);

-- Each line says which case it is.
insert into shopify."order" by name
select
    id,
    '#' || id as name,
    case when customer_id = 7001 then 'ann.moss@shop.example' when customer_id is null then 'guest@shop.example' else 'ben@shop.example' end as email,
    customer_id,
    currency,
    taxes_included,
    lines_total as total_line_items_price,
    lines_total - discounts as subtotal_price,
    discounts as total_discounts,
    tax as total_tax,
    total as total_price,
    financial as financial_status,
    fulfillment as fulfillment_status,
    source as source_name,
    '81.2.69.160' as browser_ip,
    id = 1010 as test,
    timestamp '2026-03-01 10:00:00' + to_days(id - 1001) as created_at,
    timestamp '2026-03-01 10:00:00' + to_days(id - 1001) as processed_at,
    timestamp '2026-03-20 10:00:00' as updated_at,
    case when id = 1004 then timestamp '2026-03-05 09:00:00' end as cancelled_at,
    'Ann' as shipping_address_first_name,
    'Moss' as shipping_address_last_name,
    '1 Quay Road' as shipping_address_address_1,
    'London' as shipping_address_city,
    'England' as shipping_address_province,
    'ENG' as shipping_address_province_code,
    'E1 6AN' as shipping_address_zip,
    'United Kingdom' as shipping_address_country,
    'GB' as shipping_address_country_code,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            -- paid, with the tax in the prices: 2 pots at 12.00, tea at 6.00, shipping 4.80
            (1001, 7001, 'GBP', true, 30.00, 0.00, 5.80, 34.80, 'paid', 'fulfilled', 'web'),
            -- partially refunded with restock, with the tax on top, in euros: one of 2 pots went
            -- back
            (1002, 7002, 'EUR', false, 20.00, 0.00, 3.80, 23.80, 'partially_refunded', 'fulfilled', 'web'),
            -- refunded whole, with shipping, with the tax in the prices
            (1003, 7001, 'GBP', true, 12.00, 0.00, 2.80, 16.80, 'refunded', 'fulfilled', 'web'),
            -- cancelled before it was sent, and paid back
            (1004, 7001, 'GBP', true, 12.00, 0.00, 2.00, 12.00, 'refunded', null, 'web'),
            -- edited: one of two lines was taken off before it was sent
            (1005, 7001, 'GBP', true, 18.00, 0.00, 3.00, 18.00, 'partially_refunded', 'fulfilled', 'web'),
            -- a code on the whole order, an automatic discount on a product, and free shipping
            (1006, 7001, 'GBP', false, 36.00, 13.60, 5.44, 32.64, 'paid', 'fulfilled', 'web'),
            -- the first order of a subscription, and its renewal
            (1007, 7002, 'EUR', true, 6.00, 0.00, 0.96, 6.00, 'paid', 'fulfilled', '294517'),
            (1008, 7002, 'EUR', true, 6.00, 0.00, 0.96, 6.00, 'paid', null, 'subscription_contract'),
            -- sold in the shop to nobody known
            (1009, null, 'GBP', true, 12.00, 0.00, 2.00, 12.00, 'paid', 'fulfilled', 'pos'),
            -- a test order
            (1010, 7001, 'GBP', true, 12.00, 0.00, 2.00, 12.00, 'paid', null, 'web'),
            -- a gift card and a pot; the card counts when it is redeemed
            (1011, 7001, 'GBP', true, 62.00, 0.00, 2.00, 62.00, 'paid', 'fulfilled', 'web'),
            -- a pot went back, and the shop kept 2.00 of it
            (1012, 7001, 'GBP', true, 12.00, 0.00, 2.00, 12.00, 'partially_refunded', 'fulfilled', 'web'),
            -- not paid yet
            (1013, 7002, 'EUR', true, 12.00, 0.00, 1.92, 12.00, 'pending', null, 'shopify_draft_order'),
            -- a payment that was authorized and given up
            (1014, 7002, 'EUR', true, 12.00, 0.00, 1.92, 12.00, 'voided', null, 'web')
    ) as orders (
        id,
        customer_id,
        currency,
        taxes_included,
        lines_total,
        discounts,
        tax,
        total,
        financial,
        fulfillment,
        source
    );

insert into shopify.order_line by name
select
    lines.id,
    order_id,
    variants.product_id,
    lines.variant_id,
    products.title || ' - ' || variants.title as name,
    products.title,
    variants.sku,
    lines.price,
    quantity,
    0 as total_discount,
    lines.variant_id = 604 as gift_card,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (11, 1001, 601, 12.00, 2),
            (12, 1001, 603, 6.00, 1),
            (21, 1002, 601, 10.00, 2),
            (31, 1003, 601, 12.00, 1),
            (41, 1004, 602, 12.00, 1),
            (51, 1005, 601, 12.00, 1),
            (52, 1005, 603, 6.00, 1),
            (61, 1006, 601, 12.00, 2),
            (62, 1006, 603, 6.00, 2),
            (71, 1007, 603, 6.00, 1),
            (81, 1008, 603, 6.00, 1),
            (91, 1009, 602, 12.00, 1),
            (101, 1010, 602, 12.00, 1),
            (111, 1011, 604, 50.00, 1),
            (112, 1011, 601, 12.00, 1),
            (121, 1012, 601, 12.00, 1),
            (131, 1013, 601, 12.00, 1),
            (141, 1014, 601, 12.00, 1)
    ) as lines (id, order_id, variant_id, price, quantity)
inner join shopify.product_variant as variants on lines.variant_id = variants.id
inner join shopify.product as products on variants.product_id = products.id;

insert into shopify.tax_line by name
select
    order_line_id,
    1 as index,
    'VAT' as title,
    price,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (11, 4.00),
            (12, 1.00),
            (21, 3.80),
            (31, 2.00),
            (41, 2.00),
            (51, 2.00),
            (52, 1.00),
            (61, 3.75),
            (62, 1.69),
            (71, 0.96),
            (81, 0.96),
            (91, 2.00),
            (101, 2.00),
            (112, 2.00),
            (121, 2.00),
            (131, 1.92),
            (141, 1.92)
    ) as taxes (order_line_id, price);

insert into shopify.order_shipping_line by name
select
    id,
    order_id,
    title,
    price,
    discounted_price,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (1, 1001, 'Courier', 4.80, 4.80),
            (3, 1003, 'Courier', 4.80, 4.80),
            (6, 1006, 'Post', 4.80, 0.00)
    ) as shipping_lines (id, order_id, title, price, discounted_price);

-- Of order 1006: 10 % off the tea (1.20), code SAVE for 7.60 off all, and free shipping.
insert into shopify.discount_application by name
select *, timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (1006, 0, 'automatic', null, 'Tea week', 'line_item', 'entitled', 'each', 10, 'percentage'),
            (1006, 1, 'discount_code', 'SAVE', null, 'line_item', 'all', 'across', 7.60, 'fixed_amount'),
            (1006, 2, 'discount_code', 'FREESHIP', null, 'shipping_line', 'all', 'each', 100, 'percentage')
    ) as applications (
        order_id,
        index,
        type,
        code,
        title,
        target_type,
        target_selection,
        allocation_method,
        value,
        value_type
    );

-- The customer paid in dollars; the shop counts in pounds.
insert into shopify.discount_allocation by name
select
    order_line_id,
    index,
    discount_application_index,
    amount,
    amount as amount_set_shop_money_amount,
    'GBP' as amount_set_shop_money_currency_code,
    amount * 1.25 as amount_set_presentment_money_amount,
    'USD' as amount_set_presentment_money_currency_code,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (62, 0, 0, 1.20),
            (61, 0, 1, 5.24),
            (62, 1, 1, 2.36)
    ) as allocations (order_line_id, index, discount_application_index, amount);

insert into shopify.order_discount_code by name
select *, timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (1006, 0, 'save', 'fixed_amount', 7.60),
            (1006, 1, 'FREESHIP', 'shipping', 4.80)
    ) as codes (order_id, index, code, type, amount);

insert into shopify.order_tag by name
select *, timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (1007, 1, 'Subscription First Order'),
            (1008, 1, 'Subscription Recurring Order'),
            (1001, 1, 'gift-wrap')
    ) as tags (order_id, index, value);

insert into shopify.order_note_attribute by name
select *, timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (1007, 'subscription_id', 'S-1'),
            (1008, 'subscription_id', 'S-1')
    ) as attributes (order_id, name, value);

insert into shopify.transaction by name
select
    1000 + row_number() over () as id,
    id as order_id,
    total_price as amount,
    'shopify_payments' as gateway,
    'sale' as kind,
    'success' as status,
    currency,
    created_at,
    _fivetran_synced
from shopify."order"
where financial_status not in ('pending', 'voided');

insert into shopify.refund by name
select
    id,
    order_id,
    timestamp '2026-03-18 12:00:00' as created_at,
    timestamp '2026-03-18 12:00:00' as processed_at,
    note,
    true as restock,
    timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (802, 1002, 'too large'),
            (803, 1003, 'broken'),
            (804, 1004, null),
            (805, 1005, null),
            (812, 1012, 'opened')
    ) as refunds (id, order_id, note);

-- Where prices have the tax in them, so has the subtotal.
insert into shopify.order_line_refund by name
select *, timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (8021, 802, 21, 1, 'return', 10.00, 1.90),
            (8031, 803, 31, 1, 'return', 12.00, 2.00),
            (8041, 804, 41, 1, 'cancel', 12.00, 2.00),
            (8051, 805, 52, 1, 'cancel', 6.00, 1.00),
            (8121, 812, 121, 1, 'return', 12.00, 2.00)
    ) as refund_lines (id, refund_id, order_line_id, quantity, restock_type, subtotal, total_tax);

-- What went back is negative: 4.80 of shipping, of which 0.80 is tax. What was kept is positive.
insert into shopify.order_adjustment by name
select *, timestamp '2026-03-31 00:00:00' as _fivetran_synced
from
    (
        values
            (8039, 1003, 803, -4.00, -0.80, 'shipping_refund', 'Shipping refund'),
            (8129, 1012, 812, 2.00, 0.00, 'refund_discrepancy', 'Refund discrepancy')
    ) as adjustments (id, order_id, refund_id, amount, tax_amount, kind, reason);

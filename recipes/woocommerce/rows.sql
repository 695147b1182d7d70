-- A shop as the REST API of WooCommerce gives it, with orders whose money is easily told wrong.
-- `expected.yml` says what is right.
create schema woocommerce;

create table woocommerce.orders (
    id bigint,
    status varchar,
    currency varchar,
    prices_include_tax boolean,
    date_created_gmt varchar,
    date_modified_gmt varchar,
    discount_total varchar,
    discount_tax varchar,
    shipping_total varchar,
    shipping_tax varchar,
    total varchar,
    total_tax varchar,
    customer_id bigint,
    customer_ip_address varchar,
    created_via varchar,
    payment_method varchar,
    billing json,
    shipping json,
    meta_data json,
    line_items json,
    shipping_lines json,
    fee_lines json,
    coupon_lines json
);

create table woocommerce.refunds (
    id bigint,
    parent_id bigint,
    date_created_gmt varchar,
    amount varchar,
    reason varchar,
    line_items json,
    shipping_lines json
);

create table woocommerce.customers (
    id bigint,
    email varchar,
    first_name varchar,
    last_name varchar,
    billing json,
    date_created_gmt varchar,
    date_modified_gmt varchar
);

create table woocommerce.products (
    id bigint,
    name varchar,
    type varchar,
    sku varchar,
    categories json,
    date_created_gmt varchar,
    date_modified_gmt varchar
);

create table woocommerce.product_variations (
    id bigint,
    product_id bigint,
    sku varchar,
    attributes json,
    date_created_gmt varchar,
    date_modified_gmt varchar
);

create table woocommerce.subscriptions (
    id bigint,
    parent_id bigint,
    customer_id bigint,
    status varchar,
    start_date_gmt varchar,
    cancelled_date_gmt varchar
);

insert into woocommerce.customers values
    (
        31,
        'ann@shop.example',
        'Ann',
        'Moss',
        '{"phone": "07911 123456"}',
        '2026-01-02T08:00:00',
        '2026-01-02T08:00:00'
    );

insert into woocommerce.products values
    (
        501,
        'Pot',
        'variable',
        'POT',
        '[{"id": 1, "name": "Kitchen"}]',
        '2026-01-01T08:00:00',
        '2026-01-01T08:00:00'
    ),
    (502, 'Tea', 'simple', 'TEA-250', '[]', '2026-01-01T08:00:00', '2026-01-01T08:00:00');

insert into woocommerce.product_variations values
    (
        601,
        501,
        'POT-BLUE',
        '[{"name": "Colour", "option": "Blue"}, {"name": "Size", "option": "L"}]',
        '2026-01-01T08:00:00',
        '2026-01-01T08:00:00'
    );

insert into woocommerce.subscriptions values
    (901, 2006, 31, 'active', '2026-03-06T10:00:00', '');

-- Each line says which case it is.
insert into woocommerce.orders by name
select
    id,
    status,
    currency,
    true as prices_include_tax,
    '2026-03-' || lpad(cast(id - 2000 as varchar), 2, '0') || 'T10:00:00' as date_created_gmt,
    '2026-03-20T10:00:00' as date_modified_gmt,
    shipping_total,
    shipping_tax,
    total,
    total_tax,
    customer_id,
    '81.2.69.160' as customer_ip_address,
    created_via,
    'stripe' as payment_method,
    cast(
        '{"first_name": "Gus", "last_name": "Guest", "email": "gus@shop.example", "phone": "020 7946 0958", "address_1": "1 Quay Road", "city": "London", "state": "", "postcode": "E1 6AN", "country": "GB"}'
        as json
    ) as billing,
    cast('{"address_1": "", "country": ""}' as json) as shipping,
    cast(meta_data as json) as meta_data,
    cast(line_items as json) as line_items,
    case
        when shipping_total = '0.00'
        then cast('[]' as json)
        else cast('[{"id": 70, "method_title": "Flat rate"}]' as json)
    end as shipping_lines,
    cast(fee_lines as json) as fee_lines,
    cast(coupon_lines as json) as coupon_lines
from
    (
        values
            -- 2 pots at 12.00 and shipping at 4.80, both with 20 % tax in the prices of the shop
            (
                2001, 'completed', 'GBP', '4.00', '0.80', '28.80', '4.80', 31, 'checkout', '[]',
                '[{"id": 11, "name": "Pot - Blue", "product_id": 501, "variation_id": 601, "quantity": 2, "subtotal": "20.000000", "total": "20.000000", "total_tax": "4.000000"}]',
                '[]', '[]'
            ),
            -- a coupon of 10 % and a fee for gift wrap
            (
                2002, 'processing', 'GBP', '0.00', '0.00', '13.20', '2.20', 31, 'store-api', '[]',
                '[{"id": 21, "name": "Pot - Blue", "product_id": 501, "variation_id": 601, "quantity": 1, "subtotal": "10.00", "total": "9.00", "total_tax": "1.80"}]',
                '[{"id": 80, "name": "Gift wrap", "total": "2.00", "total_tax": "0.40"}]',
                '[{"id": 90, "code": "TEN", "discount": "1.00", "discount_tax": "0.20", "discount_type": "percent"}]'
            ),
            -- a guest sends one of two back
            (
                2003, 'completed', 'GBP', '4.00', '0.80', '19.20', '3.20', 0, 'checkout', '[]',
                '[{"id": 31, "name": "Tea", "product_id": 502, "variation_id": 0, "quantity": 2, "subtotal": "12.00", "total": "12.00", "total_tax": "2.40"}]',
                '[]', '[]'
            ),
            -- refunded whole, with shipping
            (
                2004, 'refunded', 'GBP', '4.00', '0.80', '16.80', '2.80', 31, 'checkout', '[]',
                '[{"id": 41, "name": "Pot - Blue", "product_id": 501, "variation_id": 601, "quantity": 1, "subtotal": "10.00", "total": "10.00", "total_tax": "2.00"}]',
                '[]', '[]'
            ),
            -- goodwill of 3.00 without a line
            (
                2005, 'completed', 'GBP', '0.00', '0.00', '12.00', '2.00', 31, 'admin', '[]',
                '[{"id": 51, "name": "Pot - Blue", "product_id": 501, "variation_id": 601, "quantity": 1, "subtotal": "10.00", "total": "10.00", "total_tax": "2.00"}]',
                '[]', '[]'
            ),
            -- the first order of a subscription, and its renewal
            (
                2006, 'completed', 'GBP', '0.00', '0.00', '7.20', '1.20', 31, 'checkout', '[]',
                '[{"id": 61, "name": "Tea", "product_id": 502, "variation_id": 0, "quantity": 1, "subtotal": "6.00", "total": "6.00", "total_tax": "1.20"}]',
                '[]', '[]'
            ),
            (
                2007, 'processing', 'GBP', '0.00', '0.00', '7.20', '1.20', 31, 'subscription',
                '[{"id": 1, "key": "_subscription_renewal", "value": 901}, {"id": 2, "key": "_note", "value": {"by": "app"}}]',
                '[{"id": 71, "name": "Tea", "product_id": 502, "variation_id": 0, "quantity": 1, "subtotal": "6.00", "total": "6.00", "total_tax": "1.20"}]',
                '[]', '[]'
            ),
            -- cancelled, failed, and not checked out yet
            (
                2008, 'cancelled', 'GBP', '0.00', '0.00', '12.00', '2.00', 31, 'checkout', '[]',
                '[{"id": 81, "name": "Pot - Blue", "product_id": 501, "variation_id": 601, "quantity": 1, "subtotal": "10.00", "total": "10.00", "total_tax": "2.00"}]',
                '[]', '[]'
            ),
            (
                2009, 'checkout-draft', 'GBP', '0.00', '0.00', '12.00', '2.00', 31, 'store-api', '[]',
                '[{"id": 91, "name": "Pot - Blue", "product_id": 501, "variation_id": 601, "quantity": 1, "subtotal": "10.00", "total": "10.00", "total_tax": "2.00"}]',
                '[]', '[]'
            ),
            -- yen have no decimals; three for 1,000 have a unit price that does not end
            (
                2010, 'completed', 'JPY', '0.00', '0', '1100', '100', 31, 'checkout', '[]',
                '[{"id": 101, "name": "Tea", "product_id": 502, "variation_id": 0, "quantity": 3, "subtotal": "1000", "total": "1000", "total_tax": "100"}]',
                '[]', '[]'
            )
    ) as orders (
        id,
        status,
        currency,
        shipping_total,
        shipping_tax,
        total,
        total_tax,
        customer_id,
        created_via,
        meta_data,
        line_items,
        fee_lines,
        coupon_lines
    );

insert into woocommerce.refunds values
    (
        3003,
        2003,
        '2026-03-18T12:00:00',
        '7.20',
        'not my taste',
        '[{"id": 3031, "product_id": 502, "variation_id": 0, "quantity": -1, "total": "-6.00", "total_tax": "-1.20", "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": "31"}]}]',
        '[]'
    ),
    (
        3004,
        2004,
        '2026-03-18T12:00:00',
        '16.80',
        '',
        '[{"id": 3041, "product_id": 501, "variation_id": 601, "quantity": -1, "total": "-10.00", "total_tax": "-2.00", "meta_data": [{"id": 2, "key": "_refunded_item_id", "value": "41"}]}]',
        '[{"id": 3042, "total": "-4.00", "total_tax": "-0.80"}]'
    ),
    (3005, 2005, '2026-03-18T12:00:00', '3.00', 'sorry', '[]', '[]');

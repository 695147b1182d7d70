-- Loads the files of extract.psql into the warehouse, for DuckDB.
create schema if not exists shop;

create or replace table shop.customers as
from
    read_csv(
        'customers.csv',
        header = true,
        columns = {
            'id': 'bigint',
            'email': 'varchar',
            'phone': 'varchar',
            'first_name': 'varchar',
            'last_name': 'varchar',
            'created_at': 'timestamptz',
            'updated_at': 'timestamptz'
        }
    );

create or replace table shop.products as
from
    read_csv(
        'products.csv',
        header = true,
        columns = {
            'id': 'bigint',
            'sku': 'varchar',
            'name': 'varchar',
            'kind': 'varchar',
            'categories': 'json',
            'updated_at': 'timestamptz'
        }
    );

create or replace table shop.orders as
from
    read_csv(
        'orders.csv',
        header = true,
        columns = {
            'id': 'bigint',
            'number': 'varchar',
            'status': 'varchar',
            'customer_id': 'bigint',
            'contact': 'json',
            'ship_to': 'json',
            'channel': 'varchar',
            'tags': 'json',
            'currency': 'varchar',
            'prices_include_tax': 'boolean',
            'shipping_amount': 'decimal(18, 4)',
            'shipping_tax': 'decimal(18, 4)',
            'shipping_method': 'varchar',
            'gift_card_paid': 'decimal(18, 4)',
            'total': 'decimal(18, 4)',
            'payment_methods': 'json',
            'placed_at': 'timestamptz',
            'updated_at': 'timestamptz',
            'deleted_at': 'timestamptz'
        }
    );

create or replace table shop.order_items as
from
    read_csv(
        'order_items.csv',
        header = true,
        columns = {
            'id': 'bigint',
            'order_id': 'bigint',
            'product_id': 'bigint',
            'quantity': 'decimal(18, 6)',
            'unit_price': 'decimal(18, 6)',
            'discount': 'decimal(18, 4)',
            'tax': 'decimal(18, 4)'
        }
    );

create or replace table shop.order_discounts as
from
    read_csv(
        'order_discounts.csv',
        header = true,
        columns = {
            'id': 'bigint',
            'order_id': 'bigint',
            'code': 'varchar',
            'applies_to': 'varchar',
            'amount': 'decimal(18, 4)'
        }
    );

create or replace table shop.refunds as
from
    read_csv(
        'refunds.csv',
        header = true,
        columns = {
            'id': 'bigint',
            'order_id': 'bigint',
            'reason': 'varchar',
            'amount': 'decimal(18, 4)',
            'shipping_amount': 'decimal(18, 4)',
            'shipping_tax': 'decimal(18, 4)',
            'created_at': 'timestamptz'
        }
    );

create or replace table shop.refund_items as
from
    read_csv(
        'refund_items.csv',
        header = true,
        columns = {
            'id': 'bigint',
            'refund_id': 'bigint',
            'order_item_id': 'bigint',
            'quantity': 'decimal(18, 6)',
            'amount': 'decimal(18, 4)',
            'tax': 'decimal(18, 4)'
        }
    );

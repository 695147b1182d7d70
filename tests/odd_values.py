"""A thousand orders of the sample, of which some have one odd value each."""

import duckdb

from tests.sample_parts import FIRST_THOUSAND

THE = "(select order_id from (select distinct order_id from raw.orders) order by 1 limit 1 offset "
ORDERS = [  # what is odd about the orders of the sample, one after the other
    "status = 'lost in the post'",
    "status = null, channel = null",
    "channel = 'carrier pigeon', currency = 'gbp '",
    "currency = null",
    "total_amount = null, tax_amount = null",
    "discount_amount = null, shipping_amount = null",
    "total_amount = -5, tax_amount = -1, shipping_amount = -2",
    "customer_id = '', guest_email = 'a@b@c', shipping_address_id = 99999999",
    "created_at = timestamp '1900-01-01'",
    "created_at = null",
    "updated_at = null",
    "subscription_id = 'S1, S2'",
    "subscription_id = 'S1'",
    "subscription_id = 'S1'",
    "total_amount = 1.23",
    "status = 'on-loan', total_amount = 9999999999999.99",
]
LINES = [  # and about the lines of those after them
    "quantity = null",
    "unit_price = null",
    "product_id = null",
    "product_id = 'no such'",
    "discount_amount = null, tax_amount = null",
    "quantity = 0",
    "quantity = -3",
    "quantity = 99999, unit_price = 99999.99",
    "order_id = 'no such'",
]
REFUND_LINES = [  # and about lines of refunds, the last ones first
    "refund_id = 'no such'",
    "product_id = null, quantity = null",
    "amount = null, tax_amount = null, overhead_cost = null",
    "amount = -99.99, quantity = -5",
]
ELSEWHERE = """
    update raw.products set product_type = 'Kitchen' where product_id = '22423';
    update raw.products set product_type = null, name = ' ' where product_id = '85123A';
    update raw.refunds set order_id = 'no such'
    where refund_id = (select min(refund_id) from raw.refunds);
    update raw.refunds set created_at = null, updated_at = null
    where refund_id = (select max(refund_id) from raw.refunds);
    update raw.order_discounts set code = null, amount = null
    where order_discount_id = (select min(order_discount_id) from raw.order_discounts);
    update raw.order_discounts set amount = 99999
    where order_discount_id = (select max(order_discount_id) from raw.order_discounts);
    update raw.order_tags set tag = null
    where order_id = (select min(order_id) from raw.order_tags);
    update raw.pixel_purchase_events set occurred_at = null
    where pixel_event_id = (select min(pixel_event_id) from raw.pixel_purchase_events);
    update raw.pixel_purchase_events set occurred_at = timestamp '1990-01-01'
    where pixel_event_id = (select max(pixel_event_id) from raw.pixel_purchase_events);
    update raw.subscriptions set started_at = timestamp '2001-01-01', status = 'paused'
    where subscription_id = (select min(subscription_id) from raw.subscriptions);
    update raw.addresses set country = null, zip = ''
    where address_id = (select min(address_id) from raw.addresses);
    update raw.customers set email = 'NaN', phone = '+'
    where customer_id = (select min(customer_id) from raw.customers);
"""


def make_odd(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep a thousand orders of the sample, and give each of some of them one odd value."""
    connection.execute(FIRST_THOUSAND)
    for number, change in enumerate(ORDERS):
        connection.execute(f"update raw.orders set {change} where order_id = {THE} {number})")
    for number, change in enumerate(LINES, start=len(ORDERS)):
        connection.execute(f"update raw.order_lines set {change} where order_id = {THE} {number})")
    last = "select refund_line_id from raw.refund_lines order by 1 desc limit 4"
    for (line,), change in zip(connection.execute(last).fetchall(), REFUND_LINES, strict=True):
        sql = f"update raw.refund_lines set {change} where refund_line_id = {line}"
        connection.execute(sql)
    connection.execute(ELSEWHERE)

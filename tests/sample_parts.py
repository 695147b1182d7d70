"""Parts of the sample, where all of it would take long: SQL that DuckDB and PostgreSQL know."""

_WITH_THEM = """
    delete from raw.order_lines where order_id not in (select order_id from raw.orders);
    delete from raw.order_discounts where order_id not in (select order_id from raw.orders);
    delete from raw.order_tags where order_id not in (select order_id from raw.orders);
    delete from raw.refunds where order_id not in (select order_id from raw.orders);
    delete from raw.refund_lines where refund_id not in (select refund_id from raw.refunds);
"""
FIRST_THOUSAND = f"""
    delete from raw.orders where order_id not in
        (select distinct order_id from raw.orders order by order_id limit 1000);
    {_WITH_THEM}
"""
# Those of which something was returned, and a tenth of the others.
RETURNED = f"""
    delete from raw.orders where right(order_id, 1) <> '7' and order_id not in
        (select order_id from raw.refunds where order_id is not null);
    {_WITH_THEM}
"""

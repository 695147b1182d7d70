"""A plan shows its changes field by field, compared with the last sent payload."""

import json

from tests.shop import Shop


def changed(shop: Shop, **options) -> None:
    """Twelve delivered orders, of which two are changed."""
    shop.configure(attempts=2, **options)
    shop.orders(0, 12)
    shop.sync()
    shop.sql(
        "update northbeam__orders set tax = 2.50, customer_name = null "
        "where order_id = 'order-000001';"
        "update northbeam__products set price = 6 "
        "where order_id in ('order-000001', 'order-000002')"
    )


def test_a_plan_counts_changed_fields_and_shows_the_first_orders(shop):
    changed(shop, keep_payloads=True)
    told = shop.run("plan", "--diff").out
    assert "2 changed orders compared with what was sent last" in told
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert {"products 2", "tax 1", "customer_name 1"} <= set(lines)
    assert "~ tax: 2 → 2.5" in lines
    assert '- customer_name: "Some One"' in lines
    assert lines.count("~ products[0].price: 5 → 6") == 2
    assert "\x1b" not in told
    one = shop.run("plan", "--diff", "--limit", "1", "--output", "json").json()[0]
    assert one["differences"]["compared"] == one["planned"] == 1
    (order,) = one["differences"]["orders"]
    assert order["order_id"] == "order-000001"
    assert {"field": "tax", "before": 2, "now": 2.5} in order["changes"]
    assert shop.sandbox.counts()["orders"] == 12


def test_an_order_is_compared_with_what_was_sent_last(shop):
    changed(shop, keep_payloads=True)
    told = shop.run("show", "order-000002", "--diff").out
    assert "since run 1:\n    ~ products[0].price: 5 → 6\n" in told
    assert "no difference" in shop.run("show", "order-000003", "--diff").out
    assert "not in the view" in shop.run("show", "nobody", "--diff").out
    shop.orders(20, 21)
    assert "never sent" in shop.run("show", "order-000020", "--diff").out
    (order,) = shop.run("show", "order-000002", "--output", "json").json()
    assert order["changes"] == [{"field": "products[0].price", "before": 5, "now": 6}]
    assert order["last_sent_by"] == 1
    shop.sync()
    assert "no difference" in shop.run("show", "order-000002", "--diff").out


def test_without_payloads_it_says_so_and_keeps_them_once_asked(shop):
    changed(shop)
    assert "set `keep_payloads: true`" in shop.run("plan", "--diff").out
    assert "set `keep_payloads: true`" in shop.run("show", "order-000001", "--diff").out
    shop.configure(attempts=2, keep_payloads=True)
    plan = shop.run("plan", "--diff", "--output", "json").json()[0]
    assert (plan["changed"], plan["differences"]["compared"]) == (2, 0)  # nothing whole is kept
    shop.sync()
    shop.sql("update northbeam__orders set tax = 4 where order_id = 'order-000001'")
    assert "~ tax: 2.5 → 4" in shop.run("plan", "--diff").out


def test_what_was_kept_before_is_no_base_of_what_takes_an_order_back(shop):
    """The ledger keeps only the fields that should not change, so there is no payload to resend."""
    shop.sql("alter table northbeam__orders add column _lifecycle varchar")
    changed(shop)
    shop.configure(attempts=2, keep_payloads=True)
    shop.sql(
        "update northbeam__orders set _lifecycle = 'cancelled' where order_id = 'order-000001'"
    )
    assert shop.sync()["taken_back"] == 1
    (held,) = [each for each in shop.sandbox.orders() if each["order_id"] == "order-000001"]
    assert held["purchase_total"] == 0
    assert held["products"][0]["quantity"] == 0
    assert "cancelled" in held["order_tags"]


def test_the_setting_is_checked(shop):
    shop.configure(keep_payloads="yes")
    shop.run("plan").fails(2, "keep_payloads")
    shop.configure(keep_payloads=True)
    assert json.loads(shop.run("plan", "--output", "json").out)[0]["planned"] == 0

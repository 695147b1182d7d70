"""What the ledger keeps, and what it lets go of."""

import duckdb

from tests.shop import Shop

ORDERS = 20
CHANGED = 5
KEPT = """
select
    (select count(*) from ledger.deliveries),
    (select count(*) from ledger.superseded),
    (select count(*) from ledger.amounts),
    (select count(*) from ledger.planned)
"""
CHANGE = "update northbeam__orders set tax = tax + 1 where order_id < 'order-000005'"


def age(shop: Shop, days: int) -> None:
    """Let all runs so far have been so many days earlier."""
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(f"update runs set recorded_at = recorded_at - to_days({days})")


def test_what_was_superseded_is_kept_for_ninety_days_and_its_amounts_with_it(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    age(shop, 88)
    shop.sql(CHANGE)
    shop.sync()
    both = ORDERS + CHANGED
    assert shop.remembered(KEPT) == [(both, CHANGED, both, 0)]
    age(shop, 3)
    assert shop.sync()["unchanged"] == ORDERS
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]
    assert shop.sync()["unchanged"] == ORDERS


def test_what_was_surely_not_sent_leaves_nothing(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    shop.sql(CHANGE)
    shop.sandbox.faults(["401"])
    assert shop.sync()["exit_code"] == 3
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]


def test_an_intent_that_a_later_run_settles_is_dropped(shop):
    shop.orders(0, ORDERS)
    shop.sandbox.faults(["reset-after"])
    shop.configure(attempts=1)
    assert shop.sync()["exit_code"] == 4
    assert shop.remembered(KEPT) == [(0, 0, ORDERS, ORDERS)]
    shop.sandbox.faults([])
    assert shop.sync()["in_doubt"] == ORDERS
    assert shop.remembered(KEPT)[0][::3] == (ORDERS, 0)

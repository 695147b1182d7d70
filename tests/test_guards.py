"""A plan far larger than usual stops before the first request."""

import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from connector.plan.choice import Choice, Plan
from connector.runs.checks.guard import Evidence, findings
from connector.settings.settings import Guards
from connector.settings.windows import Window
from tests.shop import Shop, make_shop

ORDERS = 100


# How much is too much.


def found(known: int, guards: Guards | None = None, **counts) -> dict[str, str]:
    """What the guards find in a plan with this many delivered orders, by kind."""
    gathered = {"vanished": 0, "moved": 0, "money": 0.0, "is_loaded": True}
    seen = {name: counts.pop(name, value) for name, value in gathered.items()}
    numbers = {each.name: 0 for each in fields(Plan) if each.type is int}
    plan = Plan(**{**numbers, "orders": known + 1, "known": known, **counts})
    evidence = Evidence(**seen, most_changed=lambda: ["tax (100%)"])
    alerts = findings("shop", guards or Guards(), plan, evidence, Choice())
    return {alert.kind: alert.message for alert in alerts}


@pytest.mark.parametrize(
    ("known", "counted", "most", "words"),
    [
        (4000, "resent", 1200, "1,201 of 4,000 delivered orders (30%, allowed 30%) would be sent"),
        (1000, "resent", 500, "501 of 1,000 delivered orders (50%, allowed 30%)"),
        (60, "resent", 30, "31 of 60 delivered orders"),
        (25, "resent", 20, "most changed: tax (100%)"),
        (4000, "moved", 200, "201 of 4,000 delivered orders (5%, allowed 5%) would be sent again"),
        (60, "moved", 20, "with another amount"),
        (4000, "vanished", 200, "201 of 4,000 delivered orders (5%, allowed 5%) are gone from the"),
        (60, "vanished", 12, "13 of 60 delivered orders (22%, allowed 5%)"),
        (4000, "withdrawn", 200, "count for nothing any more"),
        (4000, "spoiled", 1200, "are invalid now, `connector validate` says by which rule"),
        (4000, "surplus", 200, "stand there more than once"),
        (8000, "added", 8000, "8,001 orders are new beside 8,000 delivered ones (allowed 100%)"),
    ],
)
def test_so_many_orders_go_and_no_more(known, counted, most, words):
    """A share of them: a half or a fifth of few orders; a small number is never too many."""
    assert found(known, **{counted: most}) == {}
    (message,) = found(known, **{counted: most + 1}).values()
    assert words in message


def test_the_shares_and_the_floor_are_configurable():
    few = Guards(changed_share=0.01, removed_share=0.02, amount_share=0.06, floor=10)
    assert "50 of 4,000 delivered orders (1%, allowed 1%)" in found(4000, few, resent=50)["resend"]
    assert found(4000, Guards(changed_share=0.02, floor=10), resent=50) == {}
    told = "100 of 4,000 delivered orders (2%, allowed 2%) are gone"
    assert told in found(4000, few, vanished=100)["gone"]
    assert found(4000, few, moved=201) == {}
    assert found(4000, Guards(added_share=2), added=8000) == {}


def test_a_first_load_is_never_too_large_and_never_empty():
    assert found(0, Guards(changed_share=0.01, floor=1), added=4000, is_loaded=False) == {}
    assert found(100, Guards(floor=1), added=4000, is_loaded=False) == {}
    told = "shop: the view has no orders, 4,000 were delivered before"
    assert found(4000, orders=0, vanished=4000) == {"no_orders": told}


def test_a_few_orders_that_are_most_of_the_money_are_too_many():
    """A single large order is not an error, nor are four."""
    told = "the amounts of 5 delivered orders change by 90% of all delivered money, allowed 20%"
    assert found(4000, moved=4, money=0.9) == found(4000, moved=5, money=0.2) == {}
    assert told in found(4000, moved=5, money=0.9)["amounts"]
    assert told in found(4000, moved=2, withdrawn=3, money=0.9)["amounts"]
    assert found(4000, Guards(money_share=1), moved=5, money=0.9) == {}


def test_ids_that_changed_are_told_as_that():
    """When about as many orders are gone as are new, half of them are too many."""
    assert found(20, vanished=9, added=9) == {}
    assert "and 11 are new: did the ids change?" in found(20, vanished=10, added=11)["gone"]


def test_a_window_of_a_backfill_may_change_everything_and_empty_nothing():
    numbers = {each.name: 0 for each in fields(Plan) if each.type is int}
    plan = Plan(**{**numbers, "known": 100, "resent": 100}, emptied=["products is empty"])
    seen = Evidence(0, 100, 1.0, is_loaded=True, most_changed=list)
    alerts = findings("shop", Guards(), plan, seen, Choice(window=Window(None, None)))
    assert [alert.kind for alert in alerts] == ["emptied"]


# What a run does about it.


@pytest.fixture(scope="module")
def delivered_before(tmp_path_factory, sandbox_process) -> Path:
    """The directory of a shop all of whose orders were delivered."""
    shop = next(make_shop(tmp_path_factory.mktemp("delivered"), sandbox_process))
    shop.orders(0, ORDERS)
    assert shop.sync()["exit_code"] == 0
    return shop.directory


@pytest.fixture
def delivered(delivered_before, tmp_path, sandbox) -> Shop:
    """A copy of that shop; the sandbox remembers only what is sent from now on."""
    return Shop(shutil.copytree(delivered_before, tmp_path / "shop"), sandbox)


def change(shop, orders: int, what: str = "tax = tax + 0.01") -> None:
    shop.sql(
        f"update northbeam__orders set {what} where order_id < $last", last=f"order-{orders:06}"
    )


def remove(shop, first: int, last: int) -> None:
    for table in ("orders", "products"):
        shop.sql(
            f"delete from northbeam__{table} where order_id >= $first and order_id < $last",
            first=f"order-{first:06}",
            last=f"order-{last:06}",
        )


def stops(shop, *words: str) -> None:
    """A sync ends with 6, says these words and what to do, and has sent nothing."""
    before = shop.sandbox.counts()["requests"]
    shop.run("sync").fails(6, *words, "--yes")
    assert shop.sandbox.counts()["requests"] == before
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]


def test_too_many_changed_orders_wait_for_a_yes(delivered):
    """A plan says what would stop; a full run is guarded by what has changed."""
    change(delivered, 51, "tax = tax + 0.01, customer_name = upper(customer_name)")
    told = "51 of 100 delivered orders (51%, allowed 30%)"
    stops(delivered, told, "most changed: customer_name (", "tax (")
    plan = delivered.plan()
    assert (plan["changed"], plan["exit_code"]) == (51, 6)
    assert [alert["kind"] for alert in plan["alerts"]] == ["resend"]
    delivered.run("sync", "--full").fails(6, "51 of 100 delivered orders", "--yes")
    summary = delivered.sync("--yes")
    assert (summary["exit_code"], summary["delivered"]) == (0, 51)
    assert delivered.sync("--full")["delivered"] == ORDERS


def test_orders_that_are_gone_are_counted_since_their_absence_was_accepted(delivered):
    """Up to the limit they are only counted; others may change or be new at the same time."""
    remove(delivered, 0, 20)
    change(delivered, 30)
    delivered.orders(ORDERS, ORDERS + 50)
    summary = delivered.sync()
    assert (summary["exit_code"], summary["removed"], summary["delivered"]) == (0, 20, 60)
    remove(delivered, 30, 65)
    stops(delivered, "35 of 150 delivered orders (23%, allowed 5%) are gone from the view")
    assert delivered.sync("--yes")["removed"] == 55
    assert delivered.sync()["exit_code"] == 0
    remove(delivered, 0, 2 * ORDERS)
    stops(delivered, "the view has no orders", "150 were delivered before")


def test_new_orders_beyond_what_was_delivered_are_a_fan_out(delivered):
    delivered.configure(guards={"floor": 100})
    delivered.orders(ORDERS, 2 * ORDERS + 1)
    told = "101 orders are new beside 100 delivered ones (allowed 100%)"
    stops(delivered, told)
    assert told in delivered.plan()["alerts"][0]["message"]
    delivered.configure(guards={"floor": 100, "added_share": 2})
    assert delivered.sync()["delivered"] == ORDERS + 1


def test_a_first_load_that_was_tried_and_then_cut_off_goes_on_by_itself(shop):
    """Orders in doubt were never delivered, so guards do not count them as sent again."""
    shop.orders(0, 4000)
    shop.configure(attempts=1, concurrency=1, guards={"changed_share": 0.01, "floor": 1})
    shop.sync("--limit", "100")
    shop.sandbox.faults(["stored-500"])
    assert shop.sync()["exit_code"] == 4
    shop.sandbox.faults([])
    summary = shop.sync()
    assert (summary["exit_code"], summary["delivered"]) == (0, 3900)
    assert summary["in_doubt"] >= 1000


def test_what_is_in_doubt_after_an_outage_is_not_taken_for_changed(delivered):
    delivered.configure(attempts=1, concurrency=1)
    delivered.sandbox.faults(["stored-500"])
    assert delivered.sync("--full")["exit_code"] == 4
    delivered.sandbox.faults([])
    change(delivered, 30)
    summary = delivered.sync()
    assert (summary["exit_code"], summary["pending"], summary["in_doubt"]) == (0, 0, ORDERS)


def test_another_amount_of_many_orders_or_of_large_ones_stops_the_run(delivered):
    large = "purchase_total = purchase_total + 9000000, tax = tax + 9000000"
    change(delivered, 4, large)
    assert delivered.sync()["delivered"] == 4  # one large order is not an error, nor are four
    change(delivered, 5, "purchase_total = purchase_total * 2")
    stops(delivered, "the amounts of 5 delivered orders change by ", "of all delivered money")
    change(delivered, 21, "purchase_total = purchase_total - 1, tax = tax - 1")
    stops(delivered, "21 of 100 delivered orders (21%, allowed 5%)", "with another amount")
    delivered.configure(guards={"amount_share": 0.3, "money_share": 1})
    assert delivered.sync()["delivered"] == 21


def test_cancelled_orders_that_are_most_of_the_money_stop_the_run(shop):
    shop.orders(0, 60)
    change(shop, 6, "purchase_total = purchase_total + 9000000, tax = tax + 9000000")
    shop.sync()
    shop.sql("alter table northbeam__orders add _lifecycle varchar")
    change(shop, 6, "_lifecycle = 'cancelled'")
    stops(shop, "the amounts of 6 delivered orders change by 100% of all delivered money")


def test_ids_that_changed_wait_for_a_yes(delivered):
    delivered.sql(
        "update northbeam__orders set order_id = 'shop-' || order_id where order_id < $last; "
        "update northbeam__products set order_id = 'shop-' || order_id where order_id < $last",
        last="order-000075",
    )
    stops(delivered, "75 of 100 delivered orders", "75 are new: did the ids change?")
    assert delivered.sync("--yes")["delivered"] == 75


@pytest.fixture(scope="module")
def refunded_before(tmp_path_factory, sandbox_process) -> Path:
    """The directory of a shop of 300 delivered orders; 30 have a refund and 30 have a name."""
    shop = next(make_shop(tmp_path_factory.mktemp("refunded"), sandbox_process))
    shop.orders(0, 300)
    shop.sql(
        """insert into northbeam__refunds
        select order_id, 1, 'tea', 1, 5.00, 5.00, time_of_purchase + interval 1 day
        from northbeam__orders where order_id < 'order-000030';
        update northbeam__orders set customer_email = null, customer_name = null
        where order_id >= 'order-000030';
        create table northbeam__alternate_order_ids as
        select order_id, 1 as _position, 'shop' as type, 'x' || order_id as id
        from northbeam__orders"""
    )
    assert shop.sync()["exit_code"] == 0
    return shop.directory


@pytest.fixture
def refunded(refunded_before, tmp_path, sandbox) -> Shop:
    """A copy of that shop."""
    return Shop(shutil.copytree(refunded_before, tmp_path / "shop"), sandbox)


EMPTIED = """
    drop table northbeam__refunds;
    delete from northbeam__alternate_order_ids;
    alter table northbeam__orders drop customer_name;
    update northbeam__orders set customer_email = null, order_tags = null;
"""
NAMED = [
    "northbeam__refunds had rows in 30 orders and is missing",
    "northbeam__alternate_order_ids had rows in 300 orders and is empty",
    "northbeam__orders.customer_name had values in 30 orders and is missing",
    "northbeam__orders.customer_email had values in 30 orders and is all null",
    "northbeam__orders.order_tags had values in 300 orders and is all null",
]


def test_what_had_values_and_has_none_stops_the_run(refunded):
    refunded.sql(EMPTIED)
    stops(refunded, *NAMED)
    refunded.run("backfill", "northbeam").fails(6, *NAMED)
    refunded.run("doctor").fails(1, *NAMED, "correct the model")
    summary = refunded.sync("--yes")
    assert (summary["exit_code"], summary["delivered"]) == (0, 300)
    assert refunded.sync()["alerts"] == []


def test_values_that_vanish_from_some_orders_only_go(refunded):
    refunded.sql("delete from northbeam__refunds where order_id < 'order-000020'")
    refunded.orders(300, 310)
    assert refunded.sync()["delivered"] == 30
    refunded.sql("delete from northbeam__refunds")
    stops(refunded, "northbeam__refunds had rows in ", "is empty")


def test_what_stands_in_an_older_version_is_told(delivered):
    change(delivered, 3, "currency = 'XXX'")
    summary = delivered.sync()
    assert (summary["exit_code"], summary["outdated"], summary["invalid"]) == (1, 3, 3)
    assert "3 orders stand there in an older version" in str(summary["alerts"])
    status = delivered.run("status", "--details")
    status.fails(0, "outdated", "3 orders stand there in an older version")
    assert "well" not in status.out
    delivered.run("show", "order-000001").fails(0, "holds an older version, which run 1 delivered")
    assert delivered.sync()["alerts"] == []
    change(delivered, 3, "currency = 'GBP'")
    assert delivered.sync()["outdated"] == 0
    assert "well" in delivered.run("status", "--details").out

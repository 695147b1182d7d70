"""A plan that is far larger than usual stops before the first request."""

import shutil
from pathlib import Path

import pytest

from tests.shop import Shop, make_shop

ORDERS = 4000  # more than the default floor of 1,000 by enough that shares decide


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
    """A sync ends with 6, says these words and the way on, and has sent nothing."""
    before = shop.sandbox.counts()["requests"]
    shop.run("sync").fails(6, *words, "--yes")
    assert shop.sandbox.counts()["requests"] == before
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]


def test_as_many_changed_orders_as_are_allowed_go_and_no_more(delivered):
    """A plan says what would stop; a full run is guarded by what has changed."""
    change(delivered, 1200)
    assert delivered.sync()["delivered"] == 1200
    change(delivered, 1201, "tax = tax + 0.01, customer_name = upper(customer_name)")
    told = "1,201 of 4,000 delivered orders (30%, allowed 30%)"
    stops(delivered, told, "most changed: customer_name (", "tax (")
    plan = delivered.plan()
    assert (plan["changed"], plan["exit_code"]) == (1201, 6)
    assert [alert["kind"] for alert in plan["alerts"]] == ["resend"]
    delivered.run("sync", "--full").fails(6, "1,201 of 4,000 delivered orders", "--yes")
    summary = delivered.sync("--yes")
    assert (summary["exit_code"], summary["delivered"]) == (0, 1201)
    assert delivered.sync("--full")["delivered"] == ORDERS
    change(delivered, ORDERS, "shipping_cost = 0.75")
    stops(delivered, "4,000 of 4,000", "most changed: shipping_cost (100%")


def test_half_of_a_small_shop_may_change_and_no_more(shop):
    """Below the floor a share of half decides, and 20 orders are never too many."""
    shop.orders(0, 1000)
    shop.sync()
    change(shop, 500)
    assert shop.sync()["delivered"] == 500
    change(shop, 501)
    stops(shop, "501 of 1,000 delivered orders (50%, allowed 30%) would be sent again")


def test_the_shares_and_the_floor_are_configurable(delivered):
    change(delivered, 50)
    delivered.configure(guards={"changed_share": 0.01, "floor": 10})
    stops(delivered, "50 of 4,000 delivered orders (1%, allowed 1%)")
    delivered.configure(guards={"changed_share": 0.02, "floor": 10})
    assert delivered.sync()["delivered"] == 50
    remove(delivered, 0, 100)
    delivered.configure(guards={"removed_share": 0.02, "floor": 10})
    stops(delivered, "100 of 4,000 delivered orders (2%, allowed 2%) are gone")


def test_as_many_gone_orders_as_are_allowed_are_only_counted(delivered):
    """More of them stop a run, until their absence is accepted."""
    remove(delivered, 0, 200)
    summary = delivered.sync()
    assert (summary["exit_code"], summary["removed"], summary["requests"]) == (0, 200, 0)
    remove(delivered, 200, 401)
    stops(delivered, "201 of 4,000 delivered orders (5%, allowed 5%) are gone from the view")
    assert delivered.sync("--yes")["removed"] == 401
    assert delivered.sync()["exit_code"] == 0


def test_a_view_without_orders_stops_the_run(delivered):
    remove(delivered, 0, ORDERS)
    stops(delivered, "the view has no orders", "4,000 were delivered before")


def test_the_first_load_is_never_too_large(shop):
    shop.orders(0, ORDERS)
    shop.configure(guards={"changed_share": 0.01, "floor": 1})
    assert shop.sync()["delivered"] == ORDERS


def test_new_orders_beyond_what_was_delivered_are_a_fan_out(delivered):
    delivered.orders(ORDERS, 2 * ORDERS)
    assert delivered.sync()["delivered"] == ORDERS
    delivered.orders(2 * ORDERS, 4 * ORDERS + 1)
    told = "8,001 orders are new beside 8,000 delivered ones (allowed 100%)"
    stops(delivered, told)
    assert told in delivered.plan()["alerts"][0]["message"]
    delivered.configure(guards={"added_share": 2})
    assert delivered.sync()["delivered"] == 2 * ORDERS + 1


@pytest.mark.parametrize("first", [["--limit", "1500"], ["--order-id", "order-000001"]])
def test_a_trial_of_a_few_orders_is_no_first_load(shop, first):
    shop.orders(0, ORDERS)
    shop.configure(guards={"floor": 1})
    shop.sync(*first)
    assert shop.sync()["pending"] == 0


def test_a_first_load_that_was_cut_off_goes_on_by_itself(shop):
    """What is in doubt was never delivered, so that nothing of it would be sent anew."""
    shop.orders(0, ORDERS)
    shop.configure(attempts=1, concurrency=1)
    shop.sync("--limit", "100")
    shop.sandbox.faults(["stored-500"])
    for _ in range(2):
        assert shop.sync()["exit_code"] == 4
    shop.sandbox.faults([])
    summary = shop.sync()
    assert (summary["exit_code"], summary["delivered"]) == (0, ORDERS - 100)
    assert summary["in_doubt"] >= 1000


def test_what_is_in_doubt_after_an_outage_is_not_taken_for_changed(delivered):
    delivered.configure(attempts=1, concurrency=1)
    delivered.sandbox.faults(["stored-500"])
    for _ in range(2):
        assert delivered.sync("--full")["exit_code"] == 4
    delivered.sandbox.faults([])
    change(delivered, 30)
    summary = delivered.sync()
    assert (summary["exit_code"], summary["pending"]) == (0, 0)
    assert summary["in_doubt"] >= 1000


def test_another_amount_of_many_orders_stops_the_run(delivered):
    change(delivered, 201, "purchase_total = purchase_total - 1, tax = tax - 1")
    stops(delivered, "201 of 4,000 delivered orders (5%, allowed 5%)", "with another amount")
    delivered.configure(guards={"amount_share": 0.06})
    assert delivered.sync()["delivered"] == 201


def test_a_few_orders_that_are_most_of_the_money_stop_the_run(delivered):
    """5 of 4,000 orders are never too many, unless their amounts are."""
    large = "purchase_total = purchase_total + 9000000, tax = tax + 9000000"
    change(delivered, 4, large)
    assert delivered.sync()["delivered"] == 4  # one large order is no fault, nor are four
    change(delivered, 5, "purchase_total = purchase_total * 2")
    stops(delivered, "the amounts of 5 delivered orders change by ", "of all delivered money")
    delivered.configure(guards={"money_share": 1})
    assert delivered.sync()["delivered"] == 5


def test_cancelled_orders_that_are_most_of_the_money_stop_the_run(shop):
    shop.orders(0, 60)
    change(shop, 6, "purchase_total = purchase_total + 9000000, tax = tax + 9000000")
    shop.sync()
    shop.sql("alter table northbeam__orders add _lifecycle varchar")
    change(shop, 6, "_lifecycle = 'cancelled'")
    stops(shop, "the amounts of 6 delivered orders change by 100% of all delivered money")


def test_ids_that_changed_are_told_as_that_in_a_small_shop(shop):
    shop.orders(0, 60)
    shop.sync()
    shop.sql(
        "update northbeam__orders set order_id = 'shop-' || order_id where order_id < $last; "
        "update northbeam__products set order_id = 'shop-' || order_id where order_id < $last",
        last="order-000045",
    )
    stops(shop, "45 of 60 delivered orders", "45 are new: did the ids change?")
    assert shop.sync("--yes")["delivered"] == 45


def test_a_young_shop_may_change_and_lose_a_few_orders(shop):
    shop.orders(0, 60)
    shop.sync()
    change(shop, 20)
    remove(shop, 50, 55)
    shop.orders(60, 90)
    summary = shop.sync()
    assert (summary["exit_code"], summary["delivered"], summary["removed"]) == (0, 50, 5)


@pytest.fixture
def refunded(shop):
    """A shop of 300 orders that were delivered, of which 30 have a refund and 30 another name."""
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
    return shop


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
    assert "emptied" in [alert["kind"] for alert in refunded.plan()["alerts"]]
    refunded.run("backfill", "northbeam").fails(6, *NAMED)
    refunded.run("doctor").fails(1, *NAMED, "correct the model")
    summary = refunded.sync("--yes")
    assert (summary["exit_code"], summary["delivered"]) == (0, 300)
    assert refunded.sync()["alerts"] == []


def test_values_that_vanish_from_some_orders_only_go(refunded):
    refunded.sql("delete from northbeam__refunds where order_id < 'order-000020'")
    assert refunded.sync()["delivered"] == 20
    refunded.orders(300, 310)
    assert refunded.sync()["delivered"] == 10
    refunded.sql("delete from northbeam__refunds")
    stops(refunded, "northbeam__refunds had rows in ", "is empty")


def test_what_stands_in_an_older_version_is_told(delivered):
    change(delivered, 3, "currency = 'XXX'")
    summary = delivered.sync()
    assert (summary["exit_code"], summary["outdated"], summary["invalid"]) == (1, 3, 3)
    assert "3 orders stand there in an older version" in str(summary["alerts"])
    status = delivered.run("status")
    status.fails(0, "outdated", "3 orders stand there in an older version")
    assert "well" not in status.out
    delivered.run("show", "order-000001").fails(0, "holds an older version, which run 1 delivered")
    assert delivered.sync()["alerts"] == []
    change(delivered, 3, "currency = 'GBP'")
    assert delivered.sync()["outdated"] == 0
    assert "well" in delivered.run("status").out

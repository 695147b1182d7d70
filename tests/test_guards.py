"""A plan that is far larger than usual stops before the first request."""

import pytest

ORDERS = 4000  # more than the default floor of 1,000 by enough that shares decide


@pytest.fixture
def delivered(shop):
    """A shop all of whose orders were delivered."""
    shop.orders(0, ORDERS)
    assert shop.sync()["exit_code"] == 0
    return shop


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


def test_too_many_changed_orders_stop_the_run(delivered):
    change(delivered, 1201, "tax = tax + 0.01, customer_name = upper(customer_name)")
    stops(
        delivered,
        "1,201 of 4,000 delivered orders (30%, allowed 30%)",
        "most changed: customer_name (",
        "tax (",
    )
    summary = delivered.sync("--yes")
    assert (summary["exit_code"], summary["delivered"]) == (0, 1201)


def test_as_many_changed_orders_as_are_allowed_go(delivered):
    change(delivered, 1200)
    assert delivered.sync()["delivered"] == 1200


def test_all_orders_changed_in_one_column_name_that_column(delivered):
    change(delivered, ORDERS, "shipping_cost = 0.75")
    stops(delivered, "4,000 of 4,000", "most changed: shipping_cost (100%")


def test_fewer_changes_than_the_floor_always_go(shop):
    shop.orders(0, 1000)
    shop.sync()
    change(shop, 1000)
    assert shop.sync()["delivered"] == 1000


def test_the_shares_and_the_floor_are_configurable(delivered):
    change(delivered, 50)
    delivered.configure(guards={"changed_share": 0.01, "floor": 10})
    stops(delivered, "50 of 4,000 delivered orders (1%, allowed 1%)")
    delivered.configure(guards={"changed_share": 0.02, "floor": 10})
    assert delivered.sync()["delivered"] == 50
    remove(delivered, 0, 100)
    delivered.configure(guards={"removed_share": 0.02, "floor": 10})
    stops(delivered, "100 of 4,000 delivered orders (2%, allowed 2%) are gone")


def test_too_many_orders_that_are_gone_stop_the_run(delivered):
    remove(delivered, 0, 201)
    stops(delivered, "201 of 4,000 delivered orders (5%, allowed 5%) are gone from the view")
    assert delivered.sync("--yes")["removed"] == 201


def test_as_many_gone_orders_as_are_allowed_are_only_counted(delivered):
    remove(delivered, 0, 200)
    summary = delivered.sync()
    assert (summary["exit_code"], summary["removed"], summary["requests"]) == (0, 200, 0)


def test_orders_whose_absence_was_accepted_stop_no_later_run(delivered):
    remove(delivered, 0, 400)
    stops(delivered, "400 of 4,000")
    delivered.sync("--yes")
    assert delivered.sync()["exit_code"] == 0


def test_a_view_without_orders_stops_the_run(delivered):
    remove(delivered, 0, ORDERS)
    stops(delivered, "the view has no orders", "4,000 were delivered before")


def test_the_first_load_is_never_too_large(shop):
    shop.orders(0, ORDERS)
    shop.configure(guards={"changed_share": 0.01, "floor": 1})
    assert shop.sync()["delivered"] == ORDERS


def test_new_orders_are_never_too_many(delivered):
    delivered.orders(ORDERS, 3 * ORDERS)
    assert delivered.sync()["delivered"] == 2 * ORDERS


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


def test_a_plan_tells_what_a_guard_would_stop_without_stopping(delivered):
    change(delivered, ORDERS)
    assert delivered.plan()["changed"] == ORDERS

"""Orders that a destination already holds are adopted without sending, and released on demand."""

import pytest

from tests.shop import Shop
from tests.test_yespo_delivery import CONFIG, VIEWS


@pytest.fixture
def yespo(shop: Shop) -> Shop:
    """A shop where each order that is sent would message a customer."""
    shop.sql(VIEWS.replace("range(16)", "range(180)"))
    shop.write(CONFIG.format(url=shop.sandbox.url))
    return shop


def test_where_a_send_sets_something_off_all_is_adopted_and_only_changes_are_sent(yespo):
    yespo.run("adopt", "yespo").fails(6, "180 orders would count as delivered", "--yes")
    assert yespo.plan()["added"] == 180
    found = yespo.run("adopt", "yespo", "--yes", "--output", "json").json()[0]
    assert (found["exit_code"], found["delivered"], found["requests"]) == (0, 180, 0)
    assert yespo.remembered("select count(*) from ledger.requests") == [(0,)]
    assert yespo.sync()["requests"] == 0
    assert yespo.remembered("select count(*) from ledger.payloads") == [(180,)]
    yespo.sql('update yespo__orders set "totalCost" = 13 where "externalOrderId" = \'order-1\'')
    summary = yespo.sync()
    assert (summary["changed"], summary["delivered"], summary["unchanged"]) == (1, 1, 179)
    assert sum(yespo.sandbox.at("yespo").events().values()) == 1
    (order,) = yespo.run("show", "order-2", "--output", "json").json()
    assert [event["outcome"] for event in order["history"]] == ["adopted"]
    runs = yespo.run("runs", "--output", "json").json()
    assert [run["command"] for run in runs] == ["sync", "sync", "adopt", "adopt"]
    yespo.run("adopt", "yespo", "--undo", "2").fails(0, "179 orders")
    assert yespo.plan("--allow-side-effects")["added"] == 179


def test_some_are_adopted_and_the_rest_is_sent(shop):
    shop.orders(0, 10)
    ids = shop.directory / "ids.txt"
    ids.write_text("order-000001\n\norder-000002\nsold-elsewhere\n")
    shop.run("adopt", "northbeam", "--order-ids", str(ids), "--yes").fails(0, "delivered")
    until = ("--until", "2026-01-01", "--order-ids", str(ids))
    shop.run("adopt", "northbeam", *until).fails(2, "exclude each other")
    summary = shop.sync()
    assert (summary["unchanged"], summary["delivered"]) == (2, 8)
    shop.sql("update northbeam__orders set tax = 3 where order_id >= 'order-000008'")
    shop.sql(
        "update northbeam__orders set time_of_purchase = '2026-02-02' "
        "where order_id = 'order-000009'"
    )
    found = shop.run("adopt", "northbeam", "--until", "2026-01", "--yes", "--output", "json").json()
    assert (found[0]["delivered"], shop.plan()["changed"]) == (1, 1)
    assert shop.sync()["delivered"] == 1


def test_what_is_undone_is_as_before_and_in_doubt(shop):
    shop.orders(0, 5)
    shop.sync()
    shop.sql("update northbeam__orders set tax = 3")
    shop.run("adopt", "northbeam", "--yes").fails(0)
    assert shop.sync()["requests"] == 0
    shop.sql("update northbeam__orders set tax = 2.00")
    undone = shop.run("adopt", "northbeam", "--undo", "2")
    undone.fails(0, "5 orders are no longer recorded as adopted by run 2")
    plan = shop.plan()
    assert (plan["in_doubt"], plan["planned"]) == (5, 5)
    assert shop.sync()["delivered"] == 5
    assert shop.sync()["requests"] == 0
    shop.run("adopt", "northbeam", "--undo", "2").fails(2, "run 2 adopted nothing")

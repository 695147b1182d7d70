"""What commands say when there is little to report, and in which form."""

import json

import pytest


@pytest.fixture
def mixed(shop):
    """A shop of 5 orders: one invalid, one refused, three with a warning."""
    shop.orders(0, 5)
    shop.sql(
        "update northbeam__orders set customer_id = 'a@b.example' where order_id > 'order-000001'"
    )
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000000'")
    shop.sandbox.poison(named="order-000001")
    return shop


def test_errors_say_where_to_look_and_know_their_rules(mixed):
    mixed.run("errors").fails(0, "no run yet; `connector validate` judges the orders of the views")
    mixed.sync()
    assert len(mixed.run("errors", "--warnings", "--output", "json").json()) == 5
    assert len(mixed.run("errors", "--warnings", "--limit", "2", "--output", "json").json()) == 2
    mixed.run("errors", "--rule", "currency.enu").fails(2, "did you mean 'currency.enum'")
    mixed.run("errors", "--rule", "order.bytes").fails(0, "no errors match these filters")
    mixed.run("errors", "--rule", "currency.enum").fails(0, "order-000000")


def test_a_retry_of_nothing_is_no_run(mixed):
    mixed.run("retry", "northbeam", "--all").fails(0, "no order is refused")
    assert mixed.run("runs", "--output", "json").json() == []
    mixed.sync()
    mixed.sandbox.poison()
    assert mixed.run("retry", "northbeam", "--all", "--output", "json").summary()["delivered"] == 1
    assert mixed.run("retry", "northbeam", "--all", "--output", "json").json() == []


def test_a_run_of_one_order_tells_the_warnings_of_that_order(mixed):
    mixed.sandbox.poison()
    assert mixed.sync("--order-id", "order-000001")["warned"] == 0
    assert mixed.sync("--order-id", "order-000002")["warned"] == 1


def test_an_order_says_by_which_request_it_went(mixed):
    mixed.sync()
    (event,) = mixed.run("show", "order-000002", "--output", "json").json()[0]["history"]
    assert (event["run_id"], event["batch_id"], event["outcome"]) == (1, 1, "delivered")
    minute = event["at"][:16].replace("T", " ")
    mixed.run("show", "order-000002").fails(0, f"batch 1, request {event['request_id']}", minute)


@pytest.mark.parametrize(
    "arguments", [["sync"], ["sync", "-x"], ["-x"], ["retry", "northbeam", "--all"]]
)
def test_every_line_of_stderr_is_json_when_that_is_asked_for(shop, arguments):
    shop.orders(0, 5)
    result = shop.run("-v", "--log-format", "json", *arguments)
    lines = result.err.splitlines()
    assert lines
    assert all({"at", "level", "event"} <= json.loads(line).keys() for line in lines)


def test_a_line_of_the_log_carries_date_and_zone(shop):
    shop.orders(0, 5)
    (line,) = [
        each for each in shop.run("-v", "sync").err.splitlines() if "batch delivered" in each
    ]
    assert line[:4].isdigit()
    assert line[19] in "+-"

"""Problems that new users had on their first day."""

import json

import pytest

from connector.http import retry
from tests.talking_server import talking


def script(poison: bytes):
    """A server that answers 500 to requests that hold a given order, and accepts the others."""

    def answer(_headers, body):
        return (500, {}, b"boom") if poison in body else (200, {}, b'{"message":"Orders received"}')

    return answer


@pytest.mark.parametrize("orders", [50, 1500])
def test_an_order_that_the_server_cannot_digest_holds_up_no_other(shop, monkeypatch, orders):
    monkeypatch.setattr(retry, "CAP", 0.01)
    shop.orders(0, orders)
    with talking(script(b"order-000007")) as server:
        shop.configure(url=f"{server.url}/v2/orders", attempts=2)
        summary = shop.sync()
        assert (summary["exit_code"], summary["delivered"], summary["pending"]) == (
            4,
            orders - 1,
            1,
        )
        (status,) = shop.run("status", "--output", "json").json()
        assert status["in_doubt_examples"] == ["order-000007"]


def test_orders_that_all_became_invalid_are_no_ordinary_day(shop):
    shop.orders(0, 1200)
    shop.sync()
    shop.sql("update northbeam__orders set currency = 'dollar'")
    shop.run("sync").fails(6, "1,200 of 1,200 delivered orders", "are invalid now", "--yes")
    assert shop.sync("--yes")["invalid"] == 1200


def test_a_full_run_is_meant_and_no_guard_stops_it_but_what_has_changed(shop):
    shop.orders(0, 1200)
    shop.sync()
    summary = shop.sync("--full", "--order-id", "order-000003")
    assert (summary["delivered"], summary["unchanged"], summary["pending"]) == (1, 1199, 0)
    assert shop.sync("--full")["delivered"] == 1200
    shop.sql("update northbeam__orders set tax = tax + 1")
    plan, run = shop.run("plan", "--output", "json"), shop.run("sync", "--output", "json")
    assert plan.code == run.code == 6
    assert plan.json()[0]["error"] == run.json()[0]["error"]
    assert run.json()[0]["changed"] == run.json()[0]["pending"] == 1200


def test_a_key_that_stands_twice_is_refused(shop):
    path = shop.directory / "connector.yml"
    path.write_text(path.read_text() + "    environment: production\n")
    shop.run("plan").fails(2, "connector.yml", "environment stands twice")


def test_a_warning_stands_as_long_as_its_order(shop):
    shop.orders(0, 3)
    shop.sql("update northbeam__orders set purchase_total = 99 where order_id like '%1'")
    shop.sync()
    shop.sync()
    (warning,) = shop.run("errors", "--warnings", "--output", "json").json()
    assert (warning["type"], warning["order_id"]) == ("warning", "order-000001")
    shop.sql("update northbeam__orders set purchase_total = 12.50")
    shop.sync()
    assert shop.run("errors", "--warnings", "--output", "json").json() == []


@pytest.mark.parametrize("url", ["https://orders.example/v2/orders", "http://127.0.0.1:1/v2?a=1"])
def test_a_local_environment_is_on_this_machine(shop, url):
    shop.configure(url=url, environment="local")
    shop.run("plan").fails(2, "connector.yml", "url")


def test_a_command_that_only_reads_does_not_make_a_run_fail(shop):
    shop.orders(0, 300)
    shop.sync()
    readers = [shop.start("plan", "--output", "json") for _ in range(3)]
    assert shop.run("sync").code == 0
    for reader in readers:
        out, _ = reader.communicate(timeout=180)
        assert reader.returncode in {0, 5}
        assert reader.returncode or json.loads(out)

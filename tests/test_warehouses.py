"""Runs behave the same for every warehouse."""

import time

import pytest
import requests

from tests.page_server import served
from tests.postgres_shop import postgres_shop
from tests.postgres_views import PostgresWarehouse
from tests.sandbox_process import sandbox as run_sandbox
from tests.shop import ended, make_shop
from tests.spark_shop import spark_shop
from tests.spark_views import SparkWarehouse

pytestmark = pytest.mark.untraced

STAMPED = """
alter table northbeam__orders add column _changed_at timestamptz;
alter table northbeam__orders add column _lifecycle varchar;
"""
STAMP = """
update northbeam__orders set _changed_at = timestamptz '2026-02-01 00:00:00+00'
where _changed_at is null
"""
RENAME = """
update northbeam__orders set customer_name = $name, _changed_at = $at where order_id = $key
"""
REMOVE = """
delete from northbeam__products where order_id >= $key;
delete from northbeam__orders where order_id >= $key
"""
REFUND = """
insert into northbeam__refunds
select order_id, 1, 'tea', 1, 5.00, 0.00, timestamptz '2026-02-01 00:00:00+00'
from northbeam__orders where order_id = $key
"""


def places(request, directory, sandbox):
    """Return an empty shop of the kind that the fixture was asked for."""
    if request.param == "DuckDB file":
        (shop,) = make_shop(directory, sandbox)
        return shop, lambda: None
    return server(request, request.param, directory, sandbox)


def server(request, kind, directory, sandbox):
    """Return an empty shop that reads from a server, and what ends it."""
    if kind == "Spark":
        lake = SparkWarehouse(request.getfixturevalue("spark_port"), directory)
        return spark_shop(directory, sandbox, lake), lake.close
    place = PostgresWarehouse(request.getfixturevalue("postgres_url"))
    return postgres_shop(directory, sandbox, place), place.close


@pytest.fixture(params=["DuckDB file", "PostgreSQL", "Spark"])
def shop(request, tmp_path, sandbox):
    shop, close = places(request, tmp_path, sandbox)
    shop.orders(0, 40)
    shop.sql(STAMPED)
    shop.sql(STAMP)
    yield shop
    close()


def sent(shop, *arguments: str) -> list[str]:
    """Sync, and return which orders were sent."""
    shop.sandbox.reset()
    summary = shop.sync(*arguments)
    assert summary["exit_code"] == 0, summary
    return sorted(shop.sandbox.writes())


def edit(shop, number: int, name: str = "Another", at: str = "2026-03-01 00:00:00+00") -> str:
    key = f"order-{number:06}"
    shop.sql(RENAME, name=name, at=at, key=key)
    return key


def test_each_order_is_sent_once_and_again_when_it_changes(shop):
    assert len(sent(shop)) == 40
    assert sent(shop) == []
    renamed = edit(shop, 3)
    refunded = "order-000005"
    shop.sql(REFUND, key=refunded)
    shop.orders(40, 42)
    assert shop.plan()["changed"] == 2
    assert sent(shop) == [renamed, refunded, "order-000040", "order-000041"]
    assert sent(shop) == []
    shown = shop.run("show", renamed, "--output", "json")
    assert "Another" in shown.out


def test_orders_of_a_watermark_are_read_alone(shop):
    shop.configure(watermark=True)
    assert len(sent(shop)) == 40
    edited = edit(shop, 7)
    summary = shop.plan()
    assert (summary["scan"], summary["scan_reason"], summary["changed"]) == ("watermark", None, 1)
    assert sent(shop) == [edited]
    assert shop.plan()["scan"] == "watermark"
    shop.sql(REMOVE, key="order-000039")
    summary = shop.plan()
    assert (summary["scan"], summary["removed"]) == ("full", 1)
    assert "the view has 39 orders" in summary["scan_reason"]


def test_orders_that_are_too_early_are_counted_by_watermark(shop):
    shop.sql("update northbeam__orders set _lifecycle = 'completed'")
    shop.configure(watermark=True, send_from="completed")
    assert len(sent(shop)) == 40
    shop.sql("update northbeam__orders set _lifecycle = 'placed' where order_id < 'order-000003'")
    shop.sql(
        "update northbeam__orders set _lifecycle = 'cancelled', "
        "_changed_at = timestamptz '2026-03-01 00:00:00+00' where order_id = 'order-000009'"
    )
    summary = shop.plan()
    assert (summary["scan"], summary["orders"]) == ("watermark", 40)


def test_a_guard_stops_a_run_that_would_change_too_much(shop):
    sent(shop)
    shop.sql("update northbeam__orders set customer_name = 'All', purchase_total = 99.00")
    shop.run("sync").fails(6, "--yes")
    assert len(sent(shop, "--yes")) == 40


def test_removed_orders_are_counted_and_those_that_come_back_are_not_sent_again(shop):
    assert shop.sync()["delivered"] == 40
    assert shop.run("verify").code == 0
    shop.sql(REMOVE, key="order-000038")
    summary = shop.plan()
    assert (summary["orders"], summary["removed"]) == (38, 2)
    shop.orders(38, 40)
    shop.sql(STAMP)
    assert sent(shop) == []


def test_a_backfill_goes_month_by_month(shop):
    shop.sql(
        "update northbeam__orders set time_of_purchase = timestamptz '2025-06-10 12:00:00+00' "
        "where order_id < 'order-000010'"
    )
    told = shop.run("backfill", "northbeam", "--from", "2025", "--to", "2026-12")
    assert told.code == 0, told.err
    assert shop.sandbox.counts()["orders"] == 40
    assert sent(shop) == []


def test_every_command_reads_the_warehouse(shop):
    sent(shop)
    shop.ledger.chmod(0o600)  # as `main` makes it
    shop.run("doctor").fails(0, "northbeam__orders: 13 columns fit the contract")
    assert "40 orders, 0 invalid" in shop.run("validate").out
    renamed = edit(shop, 3)
    shop.run("plan").fails(0, "1 changed")
    shop.run("verify").fails(0, "40")
    told = shop.run("show", renamed, "--output", "json")
    assert "Another" in told.out
    with served(shop.directory) as address:
        for key, is_there in ((renamed, True), ("nobody", False)):
            page = requests.get(f"{address}/order", {"id": key}, timeout=60).text
            assert ("Not in the view" not in page) == is_there
            assert ("customer_name" in page) == is_there
    asked = ("--customer-id", "customer-3", "--dry-run", "--output", "json")
    assert shop.run("forget", *asked).json()[0]["orders"] == 6
    assert sent(shop) == [renamed]


def test_a_time_that_no_api_takes_costs_its_order_alone(shop):
    shop.sql(
        "update northbeam__orders set time_of_purchase = timestamptz '12026-01-01 00:00:00+00' "
        "where order_id = 'order-000004'"
    )
    summary = shop.sync()
    assert (summary["delivered"], summary["invalid"]) == (39, 1)


@pytest.mark.parametrize("read", ["PostgreSQL", "Spark"])
def test_what_was_in_flight_when_a_run_was_killed_is_sent_again(request, tmp_path, read):
    with run_sandbox("--latency", "200ms") as slow:
        shop, close = server(request, read, tmp_path, slow)
        shop.configure(concurrency=1, read_timeout=1)
        shop.orders(0, 3000)
        process = shop.start("sync")
        latest = time.monotonic() + 120
        while not shop.sandbox.counts()["writes"]:
            assert time.monotonic() < latest
            time.sleep(0.02)
        process.kill()
        ended(process)
        assert shop.sync()["exit_code"] == 0
        assert shop.sandbox.counts()["orders"] == 3000
        assert shop.plan()["unchanged"] == 3000
        close()

"""By watermark a run reads only newly stamped rows; a full scan then finds what it misses."""

import shutil
import signal
import time
from dataclasses import replace

import duckdb
import pytest

from connector.config.config import load
from connector.destinations import contracts
from connector.exceptions import ConfigError
from connector.ledger.beside import progress
from tests.shop import ended, make_shop
from tests.stamped import StampedShop

pytestmark = pytest.mark.untraced

OLD, LAST = "order-000003", "order-000019"
RENAME = "update northbeam__orders set customer_name = $name where order_id = $key"
RESTAMP = "update stamps set stamped_at = $at where order_id = $key"
REMOVE = """
delete from northbeam__products where order_id = $key;
delete from northbeam__orders where order_id = $key;
"""


@pytest.fixture(scope="module")
def delivered(tmp_path_factory, sandbox_process):
    """The directory of a shop of 20 orders, the last ten of them stamped a day later."""
    shop = next(make_shop(tmp_path_factory.mktemp("shop"), sandbox_process, StampedShop))
    shop.orders(0, 10)
    shop.orders(10, 20)
    first = shop.sync()
    assert (first["delivered"], first["scan"]) == (20, "full")
    assert first["scan_reason"] == "there is no watermark yet"
    return shop.directory


@pytest.fixture
def shop(delivered, tmp_path, sandbox):
    """A copy of that shop; the sandbox remembers only what is sent from now on."""
    return StampedShop(shutil.copytree(delivered, tmp_path / "shop"), sandbox)


def rename(shop, key: str = OLD, name: str = "Another") -> None:
    shop.sql(RENAME, key=key, name=name)


def rename_unstamped(shop, key: str = OLD, name: str = "Another") -> None:
    shop.unstamped(RENAME, key=key, name=name)


def restamp(shop, at: str | None, key: str = OLD) -> None:
    shop.unstamped(RESTAMP, key=key, at=at)


def found(shop, *arguments: str) -> tuple[str, list[str]]:
    """Sync, and return how the views were read and which orders were sent."""
    shop.sandbox.reset()
    summary = shop.sync(*arguments)
    assert summary["exit_code"] in {0, 1}, summary
    return summary["scan"], sorted(shop.sandbox.writes())


def marks(shop) -> list[tuple]:
    return shop.remembered("select changed_at::varchar, full_scan_at, salt from ledger.watermarks")


# What is read.


def test_what_was_stamped_is_sent(shop):
    rename(shop)
    shop.orders(20, 22)
    summary = shop.sync()
    assert (summary["scan"], summary["scan_reason"]) == ("watermark", None)
    assert (summary["orders"], summary["unchanged"], summary["delivered"]) == (22, 19, 3)
    assert sorted(shop.sandbox.writes()) == [OLD, "order-000020", "order-000021"]
    assert found(shop) == ("watermark", [])


def test_a_plan_tells_how_it_read_and_keeps_no_watermark(shop):
    rename(shop)
    before = marks(shop)
    assert [shop.plan()[key] for key in ("scan", "changed")] == ["watermark", 1]
    assert "what changed was found by watermark" in shop.run("plan").out
    assert "all were read: it was asked for" in shop.run("plan", "--full-scan").out
    assert marks(shop) == before


def test_stamps_equal_to_the_watermark_are_read(shop):
    rename_unstamped(shop, LAST)
    assert found(shop) == ("watermark", [LAST])


def test_what_comes_late_within_the_overlap_is_read(shop):
    shop.configure(watermark={"overlap": "2d"})
    rename_unstamped(shop)
    assert found(shop) == ("watermark", [OLD])


def test_orders_without_a_stamp_or_with_one_of_the_future_are_always_read_and_hide_nothing(shop):
    future = "order-000005"
    for name in ("Another", "A Third"):
        restamp(shop, None)
        rename_unstamped(shop, name=name)
        restamp(shop, "2099-01-01 00:00:00+00", future)
        rename_unstamped(shop, future, name)
        rename(shop, "order-000007", name)
        restamp(shop, None)
        restamp(shop, "2099-01-01 00:00:00+00", future)
        assert found(shop) == ("watermark", [OLD, future, "order-000007"])


def test_an_order_that_is_named_is_read_whatever_its_stamp(shop):
    rename_unstamped(shop)
    assert found(shop, "--order-id", OLD) == ("watermark", [OLD])
    shop.run("sync", "--order-id", "order-99").fails(2, "'order-99' is not in the view")


def test_an_invalid_order_is_read_until_it_is_put_right(shop):
    rename(shop, name="Another")
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = $key", key=OLD)
    rename(shop, LAST)
    rename(shop, LAST, "A Third")
    assert found(shop) == ("watermark", [LAST])
    assert shop.sync()["invalid"] == 1
    shop.unstamped("update northbeam__orders set currency = 'GBP' where order_id = $key", key=OLD)
    assert found(shop) == ("watermark", [OLD])


def test_a_refused_order_is_read_until_it_is_taken(shop):
    shop.sandbox.poison(named=OLD)
    rename(shop)
    rename(shop, LAST)
    assert found(shop) == ("watermark", [LAST])
    assert shop.sync()["refused_before"] == 1
    shop.sandbox.poison()
    rename_unstamped(shop, name="A Third")
    assert found(shop) == ("watermark", [OLD])


# What stays behind is read again.


def test_what_a_limit_leaves_behind_is_read_again(shop):
    for key in (OLD, "order-000005", LAST):
        rename(shop, key)
    assert found(shop, "--limit", "1") == ("watermark", [OLD])
    assert found(shop) == ("watermark", ["order-000005", LAST])


@pytest.mark.parametrize("fault", ["401", "reset-after"])
def test_what_a_run_failed_to_send_is_read_again(shop, fault):
    shop.configure(attempts=1, read_timeout=0.5)
    rename(shop)
    before = marks(shop)
    shop.sandbox.faults([fault])
    assert shop.sync()["exit_code"] in {3, 4}
    assert marks(shop) == before
    shop.sandbox.faults([])
    assert found(shop) == ("watermark", [OLD])


def test_a_killed_run_is_made_good(shop):
    """It keeps its watermark, so that the next run reads the same rows again."""
    rename(shop)
    shop.orders(20, 25)
    before = marks(shop)
    with shop.sandbox.silent():
        process = shop.start("-q", "sync")
        while (progress.read(shop.ledger) or {}).get("phase") != "sending":
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL
    assert marks(shop) == before
    rename_unstamped(shop, name="A Third")
    scan, sent = found(shop)
    assert (scan, sent) == ("watermark", [OLD, *(f"order-{number:06}" for number in range(20, 25))])


def test_what_would_not_be_read_again_by_its_stamp_makes_the_next_run_read_all(shop):
    """An order is corrected without a stamp, and the run that reads it fails."""
    shop.sql(
        "update northbeam__orders set currency = 'XXX', tax = 3 where order_id = $key", key=OLD
    )
    rename(shop, LAST)
    shop.sync()
    shop.unstamped("update northbeam__orders set currency = 'GBP' where order_id = $key", key=OLD)
    shop.configure(attempts=1)
    shop.sandbox.faults(["401"])
    assert shop.sync()["exit_code"] == 3
    shop.sandbox.faults([])
    assert found(shop) == ("full", [OLD])
    assert found(shop) == ("watermark", [])


def test_a_full_scan_that_fails_is_made_again(shop):
    rename_unstamped(shop)
    shop.sandbox.faults(["401"])
    assert shop.sync("--full-scan")["exit_code"] == 3
    shop.sandbox.faults([])
    assert found(shop) == ("full", [OLD])
    assert found(shop) == ("watermark", [])


# What a watermark cannot see.


def removed(shop, key: str = OLD) -> None:
    shop.unstamped(REMOVE, key=key)


def add_late(shop) -> None:
    """Add an order with a stamp of long ago."""
    shop.orders(20, 21)
    restamp(shop, "2020-01-01 00:00:00+00", "order-000020")


def test_the_next_full_scan_finds_orders_and_lines_that_changed_without_a_stamp(shop):
    rename_unstamped(shop)
    line = "update northbeam__products set quantity = 9 where order_id = $key"
    shop.unstamped(line, key="order-000004")
    assert found(shop) == ("watermark", [])
    assert found(shop, "--full-scan") == ("full", [OLD, "order-000004"])
    assert found(shop) == ("watermark", [])


def test_a_full_scan_is_made_when_the_last_one_is_too_long_ago(shop):
    rename_unstamped(shop)
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute("update watermarks set full_scan_at = full_scan_at - interval 25 hour")
    assert shop.plan()["scan_reason"] == "the last full scan is too long ago"
    assert found(shop) == ("full", [OLD])
    assert found(shop) == ("watermark", [])


def test_a_removed_order_is_missed_by_number_and_stays_noted(shop):
    removed(shop)
    summary = shop.sync()
    assert (summary["scan"], summary["removed"], summary["orders"]) == ("full", 1, 19)
    assert summary["scan_reason"] == "the view has 19 orders, 20 were expected"
    summary = shop.sync()
    assert (summary["scan"], summary["removed"], summary["orders"]) == ("watermark", 1, 19)


def test_a_late_order_is_missed_by_number(shop):
    add_late(shop)
    assert found(shop) == ("full", ["order-000020"])
    assert found(shop) == ("watermark", [])


def test_the_next_full_scan_finds_a_late_order_in_the_place_of_a_removed_one(shop):
    add_late(shop)
    removed(shop)
    assert found(shop) == ("watermark", [])
    assert shop.sync()["removed"] == 0
    assert found(shop, "--full-scan") == ("full", ["order-000020"])
    assert shop.sync()["removed"] == 1


def test_an_order_that_comes_back_is_read_whatever_its_stamp(shop):
    removed(shop)
    shop.sync()
    shop.unstamped(
        "insert into northbeam__orders select * replace ('Another' as customer_name, "
        "$key as order_id) from northbeam__orders where order_id = 'order-000004'",
        key=OLD,
    )
    shop.unstamped(
        "insert into northbeam__products select * replace ($key as order_id) "
        "from northbeam__products where order_id = 'order-000004'",
        key=OLD,
    )
    restamp(shop, "2020-01-01 00:00:00+00")
    assert found(shop) == ("watermark", [OLD])
    assert shop.sync()["removed"] == 0


# Guards.


def test_a_guard_stops_too_many_changes_that_were_found_by_watermark(shop):
    shop.configure(guards={"changed_share": 0.1, "floor": 1})
    before = marks(shop)
    for number in range(3):
        rename(shop, f"order-{number:06}")
    assert shop.plan()["scan"] == "watermark"
    shop.run("sync").fails(6, "3 of 20 delivered orders (15%, allowed 10%)", "customer_name")
    assert marks(shop) == before
    assert found(shop, "--yes") == ("watermark", [f"order-{number:06}" for number in range(3)])


def test_a_guard_stops_when_too_many_orders_are_missed(shop):
    shop.configure(guards={"removed_share": 0.05, "floor": 1})
    removed(shop)
    removed(shop, "order-000004")
    shop.run("sync").fails(6, "2 of 20 delivered orders (10%, allowed 5%) are gone from the view")
    assert found(shop, "--yes") == ("full", [])
    assert shop.sync()["scan"] == "watermark"


# When all is read.


def test_another_view_makes_a_run_read_all(shop):
    shop.unstamped(
        "create or replace view stamped__orders as select * replace ('Someone' as customer_name), "
        "from (select columns(lambda name: name not in ('print', 'stamped_at')), stamped_at as "
        "_changed_at from northbeam__orders left join stamps using (order_id))"
    )
    scan, keys = found(shop)
    assert (scan, len(keys)) == ("full", 20)


def test_another_policy_makes_a_run_read_all(shop):
    shop.configure(allow_backwards=True)
    assert (
        shop.sync()["scan_reason"] == "the views, the contract, the settings or DuckDB are others"
    )


def test_a_full_run_reads_all_and_keeps_the_watermark(shop):
    assert len(found(shop, "--full")[1]) == 20
    assert found(shop) == ("watermark", [])


def test_a_backfill_takes_no_notice_of_the_watermark(shop):
    before = marks(shop)
    rename_unstamped(shop)
    assert shop.run("backfill", "northbeam").code == 0
    assert shop.sandbox.writes() == {OLD: 1}
    assert marks(shop) in (before, [])
    assert found(shop)[1] == []


def test_far_more_than_usual_is_read_in_full(shop, monkeypatch):
    monkeypatch.setattr("connector.plan.scan.MOST", 3)
    for number in range(4):
        rename(shop, f"order-{number:06}")
    summary = shop.sync()
    assert (summary["scan"], summary["delivered"]) == ("full", 4)
    assert summary["scan_reason"] == "14 orders would be read by watermark"


def test_a_destination_that_goes_back_to_full_scans_forgets_no_order(shop):
    shop.configure(watermark=False)
    rename(shop)
    summary = shop.sync()
    assert (summary["scan"], summary["scan_reason"], summary["delivered"]) == ("full", None, 1)
    shop.configure()
    assert found(shop)[1] == []
    rename(shop, "order-000005")
    assert found(shop) == ("watermark", ["order-000005"])


# What it needs.


def test_a_view_without_stamps_is_named(shop):
    shop.configure(models={})
    words = ("northbeam__orders._changed_at is missing", "watermark", "add the")
    shop.run("sync").fails(2, *words)
    shop.run("doctor").fails(1, *words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3, "must be true, false, or {overlap: 1h, full_scan: 24h}"),
        ({"overlaps": "1h"}, "watermark.overlaps is not known (did you mean 'overlap'?)"),
        ({"full_scan": "daily"}, "watermark.full_scan is 'daily'; write a length of time"),
    ],
)
def test_a_wrong_setting_is_named(shop, value, words):
    shop.configure(watermark=value)
    shop.run("sync").fails(2, "connector.yml", "destinations.northbeam", words)


def test_a_contract_without_stamps_cannot_be_read_by_watermark(shop):
    northbeam = contracts()["northbeam"]
    bare = replace(northbeam, orders=replace(northbeam.orders, hidden={}))
    with pytest.raises(ConfigError, match=r"watermark needs _changed_at, .* `x-columns`"):
        load(shop.directory / "connector.yml", {"northbeam": bare})

"""`connector status` as a health check: late, failing, in progress, and unresolved doubts."""

import json
import re
import signal
import time

import duckdb
import pytest

from connector.ledger.beside import progress
from tests.sandbox_process import sandbox as run_sandbox
from tests.shop import Shop, ended, make_shop


def status(shop: Shop, *, code: int = 0) -> dict:
    result = shop.run("status", "--output", "json")
    assert result.code == code, result.out + result.err
    return result.json()[0]


def edit_ledger(shop: Shop, sql: str) -> None:
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(sql)


def age(shop: Shop, hours: int) -> None:
    """Backdate everything that was recorded by some hours."""
    edit_ledger(shop, f"update runs set recorded_at = recorded_at - to_hours({hours})")


def kinds(row: dict) -> list[str]:
    return [alert["kind"] for alert in row["alerts"]]


# Late.


def test_a_destination_is_late_when_its_last_success_is_older_than_the_cadence(shop):
    shop.orders(0, 5)
    shop.configure(cadence="3h")
    shop.sync()
    for hours, late in ((2, False), (4, True)):
        age(shop, 2)
        row = status(shop, code=int(late))
        assert (row["cadence"], row["late"], row["failing"]) == (3 * 3600, late, False)
        assert row["since_success"] == pytest.approx(hours * 3600, abs=60)
        assert kinds(row) == ["late"] * late
    shop.configure()
    row = status(shop)
    assert (row["cadence"], row["late"]) == (None, False)


def test_a_mistyped_order_id_says_nothing_of_how_a_destination_is_doing(shop):
    shop.orders(0, 5)
    shop.sync()
    shop.run("sync", "--order-id", "nope").fails(2, "'nope' is not in the view")
    shop.run("retry", "northbeam", "--order-id", "nope").fails(2, "not among the refused orders")
    row = status(shop)
    assert (row["last_run"]["run_id"], row["failing"]) == (1, False)


def test_what_has_never_succeeded_is_late(shop):
    shop.configure(cadence="1d")
    row = status(shop, code=1)
    assert (row["since_success"], kinds(row)) == (None, ["late"])
    assert shop.run("status", "--details").out.startswith("northbeam · local@")


def test_a_run_that_left_orders_behind_is_no_success(shop):
    shop.orders(0, 5)
    shop.sync("--limit", "3")
    row = status(shop)
    assert (row["pending"], row["last_success_at"]) == (2, None)
    shop.sync()
    row = status(shop)
    assert (row["pending"], row["last_success_at"]) == (0, row["last_run"]["finished_at"])


@pytest.mark.parametrize("text", ["3", "often", "0h", "3 hours", "-1h"])
def test_a_cadence_that_is_no_length_of_time_is_refused(shop, text):
    shop.configure(cadence=text)
    shop.run("status").fails(2, "destinations.northbeam.cadence", "3h or 1d")


def test_a_run_tells_that_a_destination_was_late_and_is_not_any_more(shop):
    shop.orders(0, 5)
    shop.configure(cadence="3h", attempts=1)
    shop.sync()
    age(shop, 4)
    shop.orders(5, 6)
    shop.sandbox.faults(["503"])
    alerts = shop.run("sync", "--output", "json").json()[0]["alerts"]
    assert [alert["kind"] for alert in alerts] == ["failed", "late"]
    shop.sandbox.faults([])
    (alert,) = shop.sync()["alerts"]
    assert alert["kind"] == "recovered"
    assert kinds(status(shop)) == ["recovered"]


# Failing.


def test_a_destination_fails_when_its_last_run_did_and_recovers(shop):
    shop.orders(0, 5)
    shop.sync()
    shop.sql("alter table northbeam__orders drop column tax")
    shop.run("sync").fails(2)
    row = status(shop, code=1)
    assert (row["failing"], kinds(row)) == (True, ["failed"])
    assert "northbeam · " in shop.run("status", "--details").out.splitlines()[0]
    assert shop.run("status", "--details").out.splitlines()[0].endswith(": failing")
    shop.sql("alter table northbeam__orders add column tax decimal(18, 2) default 2.00")
    shop.sync()
    row = status(shop)
    assert (row["failing"], kinds(row)) == (False, ["recovered"])
    assert row["last_run"]["run_id"] == 3


def test_invalid_and_refused_orders_are_counted_and_are_no_failure(shop):
    shop.orders(0, 5)
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000002'")
    shop.sandbox.poison(named="order-000003")
    assert shop.sync()["exit_code"] == 1
    row = status(shop)
    assert (row["delivered"], row["invalid"], row["refused"]) == (3, 1, 1)
    assert not row["failing"]


def test_the_last_run_is_told_with_its_length_and_counts(shop):
    shop.orders(0, 5)
    shop.sync()
    run = status(shop)["last_run"]
    assert (run["command"], run["delivered"], run["pending"]) == ("sync", 5, 0)
    assert 0 <= run["seconds"] < 60
    assert "sync, took " in shop.run("status", "--details").out
    assert "5 delivered, 0 refused, 0 invalid, 0 pending" in shop.run("status", "--details").out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_a_signal_ended_while_it_planned_was_not_killed(shop, number, code):
    with shop.slow_view():
        process = shop.start("sync")
        assert "reading the views" in process.stderr.readline()
        time.sleep(0.5)
        process.send_signal(number)
        ended(process).fails(code, "interrupted before anything was sent")
    row = status(shop)
    assert (row["last_run"]["exit_code"], row["failing"]) == (code, False)
    assert f"with exit code {code}" in shop.run("status", "--details").out


# In doubt.


def test_what_is_in_doubt_counts_as_delivered_nowhere(shop):
    """It is unknown whether the old version or the new one is there."""
    shop.orders(0, 5)
    shop.sync()
    shop.sql("update northbeam__orders set tax = tax + 1 where order_id < 'order-000002'")
    shop.sandbox.faults(["reset-after"])
    shop.configure(attempts=1)
    metrics = shop.directory / "connector.prom"
    shop.run("sync", "--metrics-file", str(metrics))
    row = status(shop, code=1)
    assert (row["delivered"], row["in_doubt"]) == (3, 2)
    told = shop.run("status", "--details").out.split()
    assert (told[told.index("delivered") + 1], told[told.index("doubt") + 1]) == ("3", "2")
    counts = re.findall(
        r'connector_orders.*state="(delivered|in_doubt)"} (\d+)', metrics.read_text()
    )
    assert dict(counts) == {"delivered": "3", "in_doubt": "2"}


def test_an_order_in_doubt_that_is_gone_from_the_view_is_told_apart(shop):
    shop.orders(0, 5)
    shop.sandbox.faults(["reset-after"])
    shop.configure(attempts=1)
    shop.run("sync")
    row = status(shop, code=1)
    assert (row["in_doubt"], row["in_doubt_gone"]) == (5, 0)
    shop.sandbox.faults([])
    shop.sql("delete from northbeam__orders where order_id in ('order-000001', 'order-000002')")
    shop.sql("delete from northbeam__products where order_id in ('order-000001', 'order-000002')")
    assert shop.sync()["delivered"] == 3
    row = status(shop)
    assert (row["in_doubt"], row["in_doubt_gone"], row["in_doubt_examples"]) == (0, 2, [])
    assert "2 more are in doubt and gone from the view" in shop.run("status", "--details").out
    shop.orders(1, 3)
    assert shop.sync()["in_doubt"] == 2
    row = status(shop)
    assert (row["in_doubt"], row["in_doubt_gone"]) == (0, 0)


# In progress.


def test_a_run_in_progress_is_told_with_how_the_runs_before_it_went(tmp_path):
    with run_sandbox("--latency", "700ms") as running:
        shop = next(make_shop(tmp_path, running))
        shop.configure(concurrency=1, cadence="3h")
        shop.orders(0, 10)
        shop.sync()
        age(shop, 4)
        shop.orders(10, 4000)
        process = shop.start("-q", "sync")
        row, running_now = _while_sending(shop)
        with running.silent():
            assert shop.run("status", "--details").out.splitlines()[1].endswith(" left")
        assert (row["late"], row["cadence"], row["last_run"]["run_id"]) == (True, 10_800, 1)
        assert (row["delivered"], row["pending"]) == (None, None)
        assert (running_now["planned"], running_now["process"]) == (3990, process.pid)
        assert ended(process).code == 0
        assert not status(shop)["late"]


def _while_sending(shop: Shop) -> tuple[dict, dict]:
    latest = time.monotonic() + 60
    while time.monotonic() < latest:
        time.sleep(0.05)
        if (progress.read(shop.ledger) or {}).get("phase") != "sending":  # cheaper to ask
            continue
        result = shop.run("status", "--output", "json")
        rows = json.loads(result.out) if result.out else [{}]
        running = rows[0].get("running")
        if running and running.get("delivered"):
            assert result.code == 1
            return rows[0], running
        time.sleep(0.1)
    raise AssertionError("no run was seen")


def test_a_window_of_a_backfill_is_no_success_of_the_whole(shop):
    shop.orders(0, 5)
    assert shop.run("backfill", "northbeam", "--from", "2026-01").code == 0
    row = status(shop)
    assert (row["delivered"], row["last_run"]["command"]) == (5, "backfill")
    assert row["last_success_at"] is None
    shop.sync()
    assert status(shop)["last_success_at"] is not None

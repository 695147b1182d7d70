"""A signal ends a run in order: what is in flight is recorded, the rest is sent next time."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from connector.ledger.ledger import Ledger
from tests.sandbox_process import sandbox
from tests.shop import Shop, ended, make_shop

DESTINATIONS = Path(__file__).parents[1] / "connector/destinations"
ORDERS = 4000
BATCH = 1000
GRACE = 120  # seconds
STALL = 60  # seconds
# Shorter than the deadline of a run, which would end it.
LONG_WAITS = "from connector.http import retry; retry.BASE = retry.CAP = 3_000.0"


@pytest.fixture(scope="module")
def slow_sandbox():
    with sandbox("--latency", "400ms", "--stall", f"{STALL}s") as running:
        yield running


@pytest.fixture
def shop(tmp_path, slow_sandbox):
    slow_sandbox.reset()
    (shop,) = make_shop(tmp_path, slow_sandbox)
    shop.orders(0, ORDERS)
    shop.configure(concurrency=1, grace=GRACE)
    yield shop
    slow_sandbox.faults([])


def wait_until(is_so: Callable[[], bool]) -> None:
    latest = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < latest
        time.sleep(0.02)


def is_sending(shop: Shop) -> bool:
    try:
        facts = json.loads(shop.ledger.with_suffix(".progress.json").read_text())
    except FileNotFoundError:
        return False
    return facts["phase"] == "sending"


def wait_until_something_is_under_way(shop: Shop) -> None:
    """Nobody tells of a request that stalls; the first is made ready when the phase begins."""
    wait_until(lambda: is_sending(shop))
    time.sleep(1)


def in_doubt(shop: Shop) -> int:
    return shop.remembered("select count(*) from ledger.in_doubt")[0][0]


def assert_the_next_run_sends_the_rest(shop: Shop, *, needless: int = 0) -> None:
    shop.sandbox.faults([])
    assert shop.sync()["exit_code"] == 0
    counts = shop.sandbox.counts()
    assert (counts["orders"], counts["needless_writes"]) == (ORDERS, needless)
    assert in_doubt(shop) == 0


def test_a_signal_while_planning_ends_the_run_with_nothing_sent(shop):
    with shop.slow_view():
        process = shop.start("sync")
        assert "reading the views" in process.stderr.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        ended(process).fails(130, "interrupted before anything was sent")
    assert (shop.sandbox.counts()["requests"], in_doubt(shop)) == (0, 0)
    assert_the_next_run_sends_the_rest(shop)


@pytest.mark.measured
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_what_is_in_flight_is_finished_and_recorded(shop, number, code):
    process = shop.start("sync", "--output", "json")
    wait_until(lambda: shop.sandbox.counts()["writes"] > 0)
    process.send_signal(number)
    result = ended(process)
    summary = result.summary()
    assert (result.code, summary["exit_code"]) == (code, code)
    assert "in flight was finished and recorded" in summary["error"]
    arrived = shop.sandbox.counts()["orders"]
    assert 0 < arrived == summary["delivered"] < ORDERS
    assert summary["pending"] == ORDERS - arrived
    assert in_doubt(shop) == 0
    assert_the_next_run_sends_the_rest(shop)


@pytest.mark.measured
def test_a_second_signal_ends_at_once_and_leaves_what_was_in_flight_in_doubt(shop):
    shop.sandbox.faults(["stall"])
    process = shop.start("sync")
    wait_until_something_is_under_way(shop)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert ended(process).code == 143
    assert time.monotonic() - began < GRACE / 2
    assert in_doubt(shop) >= 1000
    assert_the_next_run_sends_the_rest(shop)


def test_what_was_answered_is_remembered_though_the_run_is_killed(shop):
    """It is recorded together with the next answers, not at the end."""
    process = shop.start("sync")
    wait_until(lambda: shop.sandbox.counts()["writes"] >= 3 * BATCH)
    process.kill()
    ended(process)
    ((recorded,),) = shop.remembered("select count(*) from ledger.deliveries")
    assert BATCH <= recorded < ORDERS


def test_the_grace_period_bounds_a_request_that_stalls(shop):
    shop.configure(concurrency=1, grace=1)
    shop.sandbox.faults(["stall"])
    process = shop.start("sync", "--output", "json")
    wait_until_something_is_under_way(shop)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    result = ended(process)
    assert 1 <= time.monotonic() - began < STALL / 2
    assert result.code == 143
    assert "1,000 orders in flight were not answered in time" in result.summary()["error"]
    assert in_doubt(shop) == 1000
    assert_the_next_run_sends_the_rest(shop)


def test_a_signal_cuts_a_back_off_short(shop):
    """And does not count as a destination that does not answer."""
    shop.configure(concurrency=2, attempts=50)
    shop.sandbox.faults(["503"])
    process = shop.start("sync", "--output", "json", before=LONG_WAITS)
    # On a busy machine a second one is not ready before the first is sent away, and waits, too.
    wait_until(lambda: shop.sandbox.counts()["requests"] >= 1)
    time.sleep(1)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    result = ended(process)
    assert time.monotonic() - began < GRACE / 2
    assert (result.code, result.summary()["pending"]) == (143, ORDERS)
    assert_the_next_run_sends_the_rest(shop)


def test_a_signal_while_refusals_are_weighed_marks_nothing_refused(shop):
    """It would take five single orders to know which one is at fault."""
    shop.sandbox.poison(everything="a field is newly required")
    process = shop.start("sync", "--output", "json")
    wait_until(lambda: shop.sandbox.counts()["requests"] >= 2)
    process.send_signal(signal.SIGTERM)
    result = ended(process)
    shop.sandbox.poison()
    assert (result.code, result.summary()["refused"]) == (143, 0)
    assert shop.remembered("select count(*) from ledger.deliveries") == [(0,)]
    assert_the_next_run_sends_the_rest(shop)


def test_a_signal_after_the_last_answer_keeps_the_other_destinations_from_starting(
    shop, monkeypatch
):
    """The run that was ending is complete; the others say that nothing was sent."""
    contract = (DESTINATIONS / "northbeam/contract.yml").read_text()
    other = shop.directory / "destinations/other"
    other.mkdir(parents=True)
    other.joinpath("contract.yml").write_text(
        contract.replace("x-destination: northbeam", "x-destination: other")
    )
    path = shop.directory / "connector.yml"
    settings = yaml.safe_load(path.read_text())
    settings["destinations"]["other"] = settings["destinations"]["northbeam"]
    path.write_text(yaml.safe_dump(settings))
    settle = Ledger.settle

    def settle_late(*arguments, **named):
        settle(*arguments, **named)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Ledger, "settle", settle_late)
    result = shop.run("sync", "--limit", "10", "--output", "json")
    first, second = result.json()
    assert (result.code, first["exit_code"], second["exit_code"]) == (143, 0, 143)
    assert (first["delivered"], second["delivered"]) == (10, None)
    assert "interrupted before anything was sent; start the run again" in result.err

"""A run respects what earlier runs have spent of the budget, however they ended."""

import json
import signal
import time

import pytest

from connector.http.spending import Spending
from tests.sandbox_process import sandbox
from tests.shop import Shop, ended, make_shop

LIMIT = 30_000_000  # bytes of Northbeam's budget
SECONDS = 60


@pytest.fixture(scope="module")
def vendor():
    with sandbox("--stall", "20s") as running:
        yield running


@pytest.fixture
def shop(tmp_path, vendor):
    """A shop that believes it sends to production."""
    vendor.reset()
    (shop,) = make_shop(tmp_path, vendor)
    shop.orders(0, 3000)
    shop.configure(url=f"{vendor.url}/v2/orders", environment="production")
    yield shop
    vendor.faults([])


def spent(shop: Shop, ago: float = 0.0) -> Spending:
    """Return the spending log as it was some seconds ago."""
    scope = f"northbeam production@{shop.sandbox.url.removeprefix('http://')}"
    clocks = (lambda: time.time() - ago, lambda: time.monotonic() - ago)
    return Spending(shop.ledger, scope, SECONDS, *clocks)


def file(shop: Shop) -> str:
    path = shop.ledger.with_suffix(".spending.jsonl")
    return path.read_text() if path.exists() else ""


def test_every_byte_of_a_run_is_remembered(shop):
    summary = shop.sync()
    recalled = spent(shop).recall()
    assert sum(size for _, size in recalled) == summary["bytes"]
    assert len(recalled) == summary["requests"] > 1
    assert all(0 <= seconds < SECONDS for seconds, _ in recalled)
    assert "planted" not in file(shop)


def test_a_run_waits_for_what_the_one_before_has_sent(shop):
    """Log that nearly all of the budget was spent 57 seconds ago."""
    shop.ledger.parent.mkdir()
    before = spent(shop, SECONDS - 3)
    before.end("1-1", LIMIT - 1000)
    began = time.monotonic()
    assert shop.sync()["delivered"] == 3000
    assert 2 < time.monotonic() - began < SECONDS - 10


def test_what_a_killed_run_had_under_way_is_remembered(shop):
    shop.sandbox.faults(["stall"])
    shop.configure(url=f"{shop.sandbox.url}/v2/orders", environment="production", concurrency=1)
    process = shop.start("sync")
    while '"ended": false' not in file(shop):
        time.sleep(0.05)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    ended(process)
    ((seconds_ago, size),) = spent(shop).recall()
    assert seconds_ago == 0.0
    assert 100_000 < size < 1_000_000
    assert [json.loads(line)["ended"] for line in file(shop).splitlines()] == [True]


def test_batches_are_cut_so_that_a_budget_of_bytes_is_used_up(shop):
    planned = shop.plan()
    assert planned["bytes"] / planned["batches"] < LIMIT / 40
    shop.configure()
    assert shop.plan()["batches"] == 3


def test_the_sandbox_has_no_budget_and_nothing_is_remembered(shop):
    shop.configure()
    shop.sync()
    assert not shop.ledger.with_suffix(".spending.jsonl").exists()

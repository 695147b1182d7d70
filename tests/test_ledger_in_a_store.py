"""A ledger in a bucket: clean machines, kills at every record, frozen runners, failing servers."""

import os
import shutil
import signal
import time
from contextlib import suppress

import pytest
import yaml

from connector.http.spending import Spending
from tests import stores
from tests.shop import Shop, ended

ORDERS = 300
ADDRESS = "s3://ledgers/{}"
IN_DOUBT = "select order_id from ledger.in_doubt"
DELIVERED = "select order_id from ledger.deliveries where outcome = 'delivered'"


@pytest.fixture(scope="module")
def server():
    with stores.s3() as found:
        yield found


def configure(shop: Shop, name: str, **options: object) -> None:
    """Write connector.yml, with the ledger in the bucket."""
    shop.configure(**options)
    path = shop.directory / "connector.yml"
    settings = yaml.safe_load(path.read_text()) | {"ledger": ADDRESS.format(name)}
    path.write_text(yaml.safe_dump(settings))


@pytest.fixture
def stored(shop, server, tmp_path) -> Shop:
    """A shop whose ledger is in a bucket."""
    server.puts.clear()
    shop.orders(0, ORDERS)
    configure(shop, tmp_path.name, attempts=3, read_timeout=1)
    yield shop
    server.fault = lambda *_: None


def cleaned(shop: Shop) -> None:
    """Delete all that a machine knows of the ledger, except the mark that its process died."""
    for path in shop.directory.glob(".connector/store-*/*"):
        if path.suffix != ".cache-lock":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    state = os.environ.get("XDG_STATE_HOME")
    if state:
        shutil.rmtree(state, ignore_errors=True)


def remembered(shop: Shop, sql: str) -> set[str]:
    """Ask the ledger as a clean machine fetches it."""
    cleaned(shop)
    assert shop.run("status").code in (0, 1)
    (cache,) = shop.directory.glob(".connector/store-*/ledger.*.duckdb")
    return {order for (order,) in shop.remembered(sql, cache)}


def test_a_clean_machine_goes_on_where_another_one_ended(stored):
    assert stored.sync()["delivered"] == ORDERS
    shutil.rmtree(stored.directory / ".connector")
    assert stored.run("status").code == 0
    again = stored.sync()
    assert (again["delivered"], again["unchanged"]) == (0, ORDERS)
    stored.sql("update northbeam__orders set tax = tax + 1 where order_id < 'order-000010'")
    shutil.rmtree(stored.directory / ".connector")
    assert stored.sync()["delivered"] == 10
    assert "killed" not in stored.run("runs").out


def test_a_clean_machine_knows_what_was_spent_of_the_budget(stored, tmp_path):
    url = f"{stored.sandbox.url}/v2/orders"
    configure(stored, tmp_path.name, url=url, environment="production")
    sizes = [stored.sync()["bytes"]]
    shutil.rmtree(stored.directory / ".connector")
    stored.sql("update northbeam__orders set tax = tax + 1")
    sizes.append(stored.sync("--yes")["bytes"])
    (cache,) = stored.directory.glob(".connector/store-*/ledger.*.duckdb")
    scope = f"northbeam production@{stored.sandbox.url.removeprefix('http://')}"
    assert sum(size for _, size in Spending(cache, scope, 60).recall()) == sum(sizes)


@pytest.mark.parametrize("suffix", [".stamp.json", ".spending.jsonl"])
def test_a_damaged_file_beside_the_cache_ends_no_run(stored, suffix):
    stored.sync()
    (cache,) = stored.directory.glob(".connector/store-*/ledger.*.duckdb")
    cache.with_suffix(suffix).write_bytes(b"\xff\xfe damaged")
    stored.sql("update northbeam__orders set tax = tax + 1 where order_id < 'order-000010'")
    assert stored.sync()["delivered"] == 10


def killing(server, process, number: int, *, done: bool) -> None:
    """Kill a process at its n-th write to the store: before that is done, or after it."""
    puts = []

    def fault(method: str, _: str) -> str | None:
        if method != "PUT":
            return None
        puts.append(method)
        if len(puts) < number or (done and len(puts) == number):
            return None
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        return "403"

    server.fault = fault


@pytest.mark.untraced
def test_killed_at_any_record_a_clean_machine_goes_on(stored, server, pytestconfig):
    """Everything sent is known as delivered or in doubt, and in the end all of it arrives."""
    server.puts.clear()
    assert stored.sync()["delivered"] == ORDERS
    writes = len(server.puts)
    # What is killed after a write is killed as it begins the next one.
    every = [(number, done) for number in range(1, writes) for done in (False, True)]
    every.append((writes, False))  # only the lock is left to release
    steps = every if pytestconfig.option.long else [*every[3::16], every[-1]]
    for number, done in steps:
        stored.sandbox.reset()
        stored.sql("update northbeam__orders set tax = tax + 1")
        process = stored.start("sync", "--yes")
        killing(server, process, number, done=done)
        ended(process)
        server.fault = lambda *_: None
        got = {order["order_id"] for order in stored.sandbox.orders()}
        known = remembered(stored, IN_DOUBT) | remembered(stored, DELIVERED)
        assert got <= known, (number, done)
        again = stored.run("sync", "--yes")
        assert again.code == 0, (number, done, again.err[-600:])
        current = {order["order_id"]: order["tax"] for order in stored.sandbox.orders()}
        assert len(current) == ORDERS, (number, done)
        assert len(set(current.values())) == 1
        assert stored.sync()["delivered"] == 0


def test_a_frozen_runner_that_wakes_sends_nothing(stored, server):
    """It freezes once its intent is in the store, and another machine takes over."""
    other = Shop(stored.directory / "other", stored.sandbox)
    frozen = stored.start("sync", "--yes")

    def freeze(method: str, key: str) -> None:
        if method == "PUT" and key.endswith("log/000000001/000000002"):
            frozen.send_signal(signal.SIGSTOP)

    server.fault = freeze
    latest = time.monotonic() + 120
    while not any(put.endswith("log/000000001/000000002") for put in server.puts):
        assert frozen.poll() is None
        assert time.monotonic() < latest
        time.sleep(0.05)
    other.directory.mkdir()
    shutil.copy(stored.warehouse, other.warehouse)
    shutil.copy(stored.directory / "connector.yml", other.directory)
    assert other.run("sync", "--yes").code == 0
    writes = stored.sandbox.counts()["writes"]
    assert writes == ORDERS
    server.fault = lambda *_: None  # it may repeat its write, whose answer it missed
    frozen.send_signal(signal.SIGCONT)
    ended(frozen).fails(5, "another run")
    assert stored.sandbox.counts()["writes"] == writes


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("403", "permissions"),
        ("507", "no space left"),
        ("unconditional", "AWS_CONDITIONAL_PUT"),
        ("501", "AWS_CONDITIONAL_PUT"),
    ],
)
def test_a_store_that_fails_at_the_start_ends_the_run_before_it_sends(stored, server, fault, words):
    server.fault = lambda *_: fault
    stored.run("sync").fails(2, words, "s3://ledgers")
    assert stored.sandbox.counts()["writes"] == 0


@pytest.mark.parametrize(("fault", "words"), [("403", "permissions"), ("507", "no space left")])
def test_a_store_that_fails_in_the_middle_lets_nothing_be_sent_without_its_intent(
    stored, server, fault, words
):
    assert stored.sync()["delivered"] == ORDERS
    stored.sql("update northbeam__orders set tax = tax + 1")
    before = stored.sandbox.counts()["writes"]
    pieces = []

    def fail(method: str, key: str) -> str | None:
        if method == "PUT" and "/log/" in key:
            pieces.append(key)
        return fault if len(pieces) > 1 else None

    server.fault = fail
    stored.run("sync", "--yes").fails(2, words)
    assert stored.sandbox.counts()["writes"] == before
    server.fault = lambda *_: None
    assert stored.run("sync", "--yes").code == 0
    assert stored.sandbox.counts()["writes"] == before + ORDERS


def test_a_store_that_is_slow_and_loses_answers_costs_nothing_but_time(stored, server):
    faults = {3: "lost", 5: "503", 6: "lost", 8: "slow", 9: "lost"}
    puts = []

    def fault(method: str, _: str) -> str | None:
        if method != "PUT":
            return None
        puts.append(method)
        return faults.get(len(puts))

    server.fault = fault
    assert stored.sync()["delivered"] == ORDERS
    server.fault = lambda *_: None
    cleaned(stored)
    assert stored.sync()["unchanged"] == ORDERS
    assert stored.sandbox.counts()["writes"] == ORDERS

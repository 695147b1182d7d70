"""One run at a time, a free warehouse, environments apart, a kept budget, and disks that fail."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

import connector
from connector.ledger import ledger
from connector.ledger.contents import run_log
from connector.ledger.file import WAIT
from tests.sandbox_process import sandbox
from tests.shop import Shop, ended, make_shop

pytestmark = pytest.mark.untraced

ORDERS = 3000


@pytest.fixture(scope="module")
def slow_sandbox():
    with sandbox("--latency", "700ms") as running:
        yield running


@pytest.fixture
def slow_shop(tmp_path, slow_sandbox):
    """A shop whose orders take more than two seconds to be sent."""
    slow_sandbox.reset()
    (shop,) = make_shop(tmp_path, slow_sandbox)
    shop.orders(0, ORDERS)
    shop.configure(concurrency=1)
    return shop


def wait_until(is_so: Callable[[], bool]) -> None:
    latest = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < latest
        time.sleep(0.02)


def sending(shop: Shop) -> subprocess.Popen[str]:
    """Start a sync, and return when its first request has arrived."""
    process = shop.start("sync")
    wait_until(lambda: shop.sandbox.counts()["writes"] > 0)
    return process


# One run at a time.


def test_a_second_run_ends_at_once_and_names_the_first(slow_shop):
    first = sending(slow_shop)
    with slow_shop.sandbox.silent():
        began = time.monotonic()
        slow_shop.run("sync").fails(5, "another run holds", f"process {first.pid}")
        assert time.monotonic() - began < WAIT
        assert first.poll() is None
    assert ended(first).code == 0
    assert slow_shop.sandbox.counts()["writes"] == ORDERS


def test_a_killed_run_leaves_no_lock(slow_shop):
    first = sending(slow_shop)
    first.send_signal(signal.SIGKILL)
    assert ended(first).code == -signal.SIGKILL
    assert slow_shop.sync()["exit_code"] == 0
    assert slow_shop.sandbox.counts()["orders"] == ORDERS


# A free warehouse.


def test_the_warehouse_may_be_written_while_orders_are_sent(slow_shop):
    sync = sending(slow_shop)
    with slow_shop.sandbox.silent():
        slow_shop.sql(
            "update northbeam__orders set customer_name = 'Else' where order_id < 'order-000010'"
        )
        assert sync.poll() is None
    assert ended(sync).code == 0
    assert slow_shop.sync()["changed"] == 10


# Environments apart.


def test_what_was_delivered_elsewhere_counts_for_nothing(shop):
    shop.orders(0, 20)
    assert shop.sync()["delivered"] == 20
    url = f"{shop.sandbox.url}/v2/orders"
    for environment in ("uat", "production"):
        shop.configure(url=url, environment=environment)
        assert shop.sync()["delivered"] == 20
    with sandbox() as other:
        shop.configure(url=f"{other.url}/v2/orders", environment="production")
        assert shop.plan()["added"] == 20
        assert shop.sync()["delivered"] == other.counts()["orders"] == 20
    shop.configure()
    assert shop.sync()["requests"] == 0


def test_doubts_refusals_and_guards_of_one_environment_mean_nothing_in_another(shop):
    url = f"{shop.sandbox.url}/v2/orders"
    shop.orders(0, 20)
    shop.configure(url=url, environment="uat", attempts=1)
    shop.sandbox.poison(named="order-000001$")
    assert shop.sync()["refused"] == 1
    shop.sandbox.poison()
    shop.sandbox.faults(["stored-500"])
    shop.sql("update northbeam__orders set tax = 1 where order_id = 'order-000002'")
    assert shop.sync()["exit_code"] == 4
    shop.sandbox.faults([])
    shop.configure(url=url, environment="production")
    summary = shop.sync()
    assert (summary["added"], summary["in_doubt"], summary["delivered"]) == (20, 0, 20)
    shop.configure(url=url, environment="uat")
    summary = shop.plan()
    assert (summary["in_doubt"], summary["refused_before"], summary["unchanged"]) == (1, 1, 18)


# A budget that is kept.


@pytest.fixture
def thrifty_connector(tmp_path, monkeypatch):
    """A copy of the connector whose contract allows 600 kB in any 3 seconds."""
    copy = shutil.copytree(Path(connector.__file__).parent, tmp_path / "connector")
    contract = copy / "destinations/northbeam/contract.yml"
    text = contract.read_text()
    for old, new in (
        ("bytes: 30000000", "bytes: 600000"),
        ("seconds: 60", "seconds: 3"),
        ("bytes: 4000000", "bytes: 100000"),
    ):
        assert old in text
        text = text.replace(old, new)
    contract.write_text(text)
    monkeypatch.chdir(tmp_path)  # where the processes that we start look first


@pytest.mark.usefixtures("thrifty_connector")
def test_a_budget_is_kept_so_that_nobody_is_sent_away(tmp_path, tell):
    with sandbox("--enforce-budget") as strict:
        (shop,) = make_shop(tmp_path, strict)
        shop.orders(0, 6000)
        shop.configure(url=f"{strict.url}/v2/orders", environment="production")
        began = time.monotonic()
        assert ended(shop.start("sync")).code == 0
        seconds = time.monotonic() - began
        counts = strict.counts()
    tell(f"{counts['bytes']:,} bytes, 600,000 allowed in 3 s, took {seconds:.1f} s")
    assert counts["orders"] == 6000
    assert counts["answers"] == {"200": counts["requests"]}
    windows = (counts["bytes"] - 1) // 600_000
    assert windows >= 3
    assert 3 * windows <= seconds < 3 * windows + 60


# Disks.


def start_with_files_up_to(shop: Shop, size: int) -> subprocess.Popen[str]:
    """Start a sync whose files cannot exceed a size, as on a full disk."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"{limit}; from connector.cli import main; main()",
            "--project-dir",
            str(shop.directory),
            "sync",
            "--yes",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_nothing_is_lost(shop: Shop) -> None:
    """The next run, with room, sends everything that is not known to have arrived."""
    assert shop.sync("--yes")["exit_code"] == 0
    names = shop.sql("select order_id, customer_name from northbeam__orders")
    held = {order["order_id"]: order["customer_name"] for order in shop.sandbox.orders()}
    assert held == dict(names)


def test_a_full_disk_loses_nothing_and_says_so(shop, tell):
    shop.orders(0, ORDERS)
    shop.sync()
    needed = shop.ledger.stat().st_size
    ends = []
    for share in (0, 0.4, 10):
        shop.sql("update northbeam__orders set customer_name = $name", name=f"Share {share}")
        before = shop.sandbox.counts()["writes"]
        result = ended(start_with_files_up_to(shop, int(needed * share)))
        ends.append((result.code, shop.sandbox.counts()["writes"] - before))
        if result.code:
            result.fails(2, "disk is full" if "damaged" in result.err else "free space")
        if result.code and share:
            last = shop.run("status", "--output", "json").json()[0]["last_run"]
            assert (last["exit_code"], "free space" in last["cause"]) == (2, True)
        assert_nothing_is_lost(shop)
        assert not list(shop.ledger.parent.glob("*.ended.json"))
    assert shop.sync()["requests"] == 0
    tell(f"exit code and orders sent, from no room to enough: {ends}")
    assert (ends[0], ends[-1]) == ((2, 0), (0, ORDERS))


@pytest.fixture
def mounted(tmp_path):
    """A function that mounts something below the test's directory."""
    points = []

    def mount(*arguments: str, name: str) -> Path:
        point = tmp_path / name
        point.mkdir()
        command = shutil.which("mount")
        if not command or os.geteuid() or subprocess.call([command, *arguments, str(point)]):
            pytest.skip("nothing can be mounted here")
        points.append(point)
        return point

    yield mount
    for point in points:
        subprocess.run(["umount", str(point)], check=True)  # noqa: S607


def with_ledger_at(shop: Shop, path: Path) -> None:
    text = (shop.directory / "connector.yml").read_text()
    shop.write(text.replace(".connector/ledger.duckdb", str(path)))


def test_a_really_full_disk_loses_nothing_and_says_so(shop, mounted):
    disk = mounted("-t", "tmpfs", "-o", "size=1200k", "tmpfs", name="disk")
    shop.orders(0, ORDERS)
    with_ledger_at(shop, disk / "ledger.duckdb")
    codes = []
    for run in range(12):
        shop.sql("update northbeam__orders set customer_name = $name", name=f"Run {run}")
        result = shop.run("sync", "--yes")
        codes.append(result.code)
        if result.code:
            result.fails(2, "cannot be written", "free space")
            break
    assert codes[-1] == 2, codes
    assert "free space" in shop.run("status", "--output", "json").json()[0]["last_run"]["cause"]
    moved = shop.directory / ".connector"
    shutil.copytree(disk, moved, dirs_exist_ok=True)
    with_ledger_at(shop, moved / "ledger.duckdb")
    shop.configure()
    assert_nothing_is_lost(shop)
    assert shop.sync()["requests"] == 0


def test_a_read_only_directory_ends_the_run_before_anything_is_sent(shop, mounted):
    shop.orders(0, 10)
    place = mounted("-t", "tmpfs", "-o", "ro", "tmpfs", name="place")
    with_ledger_at(shop, place / "ledger.duckdb")
    shop.run("sync").fails(2, str(place), "cannot be written")
    assert shop.sandbox.counts()["requests"] == 0


# A clock that jumps.


def test_a_clock_that_jumps_back_changes_nothing(shop, monkeypatch):
    shop.orders(0, 10)
    assert shop.sync()["delivered"] == 10
    for year, name in ((2001, "Else"), (1980, "Some One"), (2100, "Else"), (1999, "Some One")):
        moment = datetime(year, 1, 1, tzinfo=UTC)
        for module in (ledger, run_log):
            monkeypatch.setattr(module, "now", lambda moment=moment: moment)
        shop.sql("update northbeam__orders set customer_name = $name", name=name)
        assert shop.sync()["delivered"] == 10
        assert {order["customer_name"] for order in shop.sandbox.orders()} == {name}
    assert shop.sync()["requests"] == 0
    last = shop.run("status", "--details").out
    assert re.search(r"run 6 ended .* \(1999", last), last


# A ledger that cannot be trusted.


def newer(ledger: Path) -> None:
    with duckdb.connect(str(ledger)) as connection:
        connection.execute("update meta set version = 99")


def halved(ledger: Path) -> None:
    os.truncate(ledger, ledger.stat().st_size // 2)


def damaged(ledger: Path) -> None:
    size = ledger.stat().st_size
    with ledger.open("r+b") as file:
        file.seek(12_288)
        file.write(os.urandom(size - 12_288))


def test_a_ledger_that_cannot_be_used_ends_the_run_before_anything_is_sent(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    before, whole = shop.sandbox.counts()["requests"], shop.ledger.read_bytes()
    shop.sql("update northbeam__orders set tax = tax + 1 where order_id = 'order-000001'")
    for damage in (newer, halved, damaged):
        shop.ledger.write_bytes(whole)
        damage(shop.ledger)
        shop.run("sync").fails(2, "ledger.duckdb", "newer" if damage is newer else "damaged")
        assert shop.sandbox.counts()["requests"] == before

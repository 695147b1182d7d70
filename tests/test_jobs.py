"""Several accounts at the same time, within the limits of one, while others hold another."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from connector.engine.engine import engine, limits
from connector.payloads.renderers import FEW, renderers
from tests.shop import Shop, ended
from tests.test_accounts import NORTHBEAM, YESPO, configure
from tests.test_yespo_delivery import VIEWS

pytestmark = pytest.mark.measured

MANY = 20  # orders
GRACE = "\n    grace: 1\n"  # seconds that what is in flight gets after a signal
TRIPLE_WHALE = """
  triple_whale:
    environment: local
    url: {url}/api/v2/data-in/bulk-orders
    shop: tea.example
    api_key: ${{TRIPLE_WHALE_API_KEY}}
"""
TRIPLE_WHALE_VIEWS = """
create view triple_whale__orders as
select
    order_id, time_of_purchase as created_at, currency, purchase_total as order_revenue,
    customer_id as customer__id, customer_email as customer__email
from northbeam__orders;
"""


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop that sends to all three destinations."""
    shop.orders(0, MANY)
    shop.sql(VIEWS + TRIPLE_WHALE_VIEWS)
    northbeam = NORTHBEAM.replace("{name}", "northbeam")
    configure(shop, *(f"{each.rstrip()}{GRACE}" for each in (northbeam, TRIPLE_WHALE, YESPO)))
    return shop


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_limits_of_one_are_shared(tmp_path, jobs):
    with engine(tmp_path, "300MB", jobs=jobs) as connection:
        memory, threads = limits(connection)
        assert memory == pytest.approx(300e6 / jobs, rel=0.003)
        assert threads == max(1, (os.cpu_count() or 1) // jobs)
        with renderers(connection, FEW + 1):
            more, one = limits(connection)
        assert (more, one) == (pytest.approx(memory * 13 / 9, rel=0.003), 1)
        again = limits(connection)
        assert again == (pytest.approx(memory, rel=0.003), threads)


@pytest.mark.parametrize(
    ("cores", "memory", "threads"),
    [(1, "900MB", 1), (2, "300MB", 1), (2, "450MB", 2), (8, "900MB", 4), (4, "2GB", 4)],
)
def test_renderers_follow_the_cores_as_far_as_memory_goes(tmp_path, cores, memory, threads):
    with engine(tmp_path, memory) as connection:
        connection.execute(f"set threads = {cores}")
        with renderers(connection, FEW + 1) as found:
            assert found.threads == threads


def of(result) -> dict[str, dict]:
    return {each["destination"]: each for each in result.json()}


def test_three_accounts_at_the_same_time_do_as_one_after_the_other(shop):
    """Exit codes, lines and metrics are the same, too."""
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000002'")
    metrics = shop.directory / "metrics.prom"
    result = shop.run("sync", "--jobs", "3", "--metrics-file", str(metrics), "--output", "json")
    found = of(result)
    assert (result.code, list(found)) == (1, ["northbeam", "triple_whale", "yespo"]), result.err
    for each in found.values():
        parts = ("unchanged", "invalid", "refused_before", "not_sent")
        parts += ("delivered", "taken_back", "refused", "pending")
        assert each["orders"] == sum(each[part] for part in parts), each
    counts = {name: (each["delivered"], each["invalid"]) for name, each in found.items()}
    assert counts == {"northbeam": (19, 1), "triple_whale": (19, 1), "yespo": (16, 0)}
    lines = [line for line in result.err.splitlines() if line]
    assert all(line.partition(":")[0] in found for line in lines), result.err
    assert all(f'destination="{name}"' in metrics.read_text() for name in found)
    again = shop.run("sync", "triple_whale", "yespo", "--jobs", "9")
    assert (again.code, again.out.count("unchanged")) == (1, 2)
    counted = shop.run("status", "--output", "json").json()
    assert [each["delivered"] for each in counted] == [19, 19, 16]


def wait_until(what, *arguments) -> None:
    latest = time.monotonic() + 120
    while not what(*arguments):
        assert time.monotonic() < latest
        time.sleep(0.05)


def is_under_way(shop: Shop, name: str) -> bool:
    """Whether a run of an account has requests in flight."""
    return shop.ledger_of(name).with_suffix(".wire").exists()


def test_one_that_a_long_backfill_holds_tells_5_and_the_others_are_sent(shop):
    """With one command for all, and with one command for each side by side."""
    shop.sandbox.faults(["stall"])
    backfill = shop.start("backfill", "northbeam", "--yes")
    wait_until(is_under_way, shop, "northbeam")
    alone = [shop.start("-q", "sync", name) for name in ("triple_whale", "yespo")]
    assert [ended(process).code for process in alone] == [0, 0]
    result = shop.run("sync", "--jobs", "3", "--output", "json")
    found = of(result)
    assert (result.code, found["northbeam"]["exit_code"]) == (5, 5)
    assert f"process {backfill.pid} on" in found["northbeam"]["error"]
    assert [found[name]["unchanged"] for name in ("triple_whale", "yespo")] == [20, 16]
    backfill.send_signal(signal.SIGTERM)
    assert ended(backfill).code == 143
    shop.sandbox.faults([])
    assert shop.run("sync", "northbeam").code == 0


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGKILL], ids=["signal", "kill"])
def test_all_that_go_at_the_same_time_end_with_whoever_started_them(shop, ends):
    for name in ("northbeam", "yespo"):
        shop.sandbox.at(name).faults(["stall"])
    process = shop.start("-q", "sync", "northbeam", "yespo", "--jobs", "2", "--output", "json")
    wait_until(lambda: is_under_way(shop, "northbeam") and is_under_way(shop, "yespo"))
    process.send_signal(ends)
    result = ended(process)
    if ends == signal.SIGTERM:
        codes = {name: each["exit_code"] for name, each in of(result).items()}
        assert (result.code, codes) == (143, {"northbeam": 143, "yespo": 143}), result.err
    wait_until(lambda: not list(shop.ledger.parent.glob("*.holder.json")))
    summaries = shop.run("runs", "--output", "json").json()
    assert {run["exit_code"] for run in summaries} == {143}
    for name in ("northbeam", "yespo"):
        shop.sandbox.at(name).faults([])
    assert shop.run("sync", "northbeam", "yespo").code == 0


def resident(pid: int) -> float:
    """Memory of the child processes of one, in MB; shared memory counts once."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            with contextlib.suppress(OSError):
                rollup = Path(f"/proc/{child}/smaps_rollup").read_text()
                total += int(rollup.partition("\nPss:")[2].split()[0])
    return total * 1024 / 1e6


@pytest.mark.untraced
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells")
def test_accounts_at_the_same_time_stay_within_the_memory_of_one(shop, request, tell):
    if not request.config.option.long:
        pytest.skip("takes half a minute of both cores")
    limit, many = 240, 60_000
    shop.orders(MANY, many)
    texts = [
        NORTHBEAM.replace("{name}", f"shop_{n}") + "    destination: northbeam\n" for n in "abc"
    ]
    configure(shop, *texts)
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(f"memory_limit: {limit}MB\n{settings}")
    process, peak = shop.start("-q", "sync", "--jobs", "3", "--output", "json"), 0.0
    while process.poll() is None:
        with contextlib.suppress(OSError):
            peak = max(peak, resident(process.pid))
        time.sleep(0.05)
    assert [each["delivered"] for each in of(ended(process)).values()] == [many] * 3
    tell(f"{peak:.0f} MB of three accounts at the same time, memory_limit {limit} MB")
    # Beyond the limit: four ninths while it renders, and Python and DuckDB themselves.
    assert peak < limit * 13 / 9 + 3 * 90

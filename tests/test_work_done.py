"""How much a run does, in counts that are the same on every machine: never in seconds.

What is slower on purpose raises a limit here, with the reason in its commit.
"""

from collections import Counter
from types import SimpleNamespace

import duckdb
import pytest

from connector.payloads.chunks import Chunks
from connector.payloads.renderers import renderers
from connector.plan.choice import Choice
from connector.plan.plan import Planner
from tests.shop import Shop, ended, make_shop
from tests.stamped import StampedShop

pytestmark = pytest.mark.untraced

BATCH = 1_000  # orders
ONE_CHANGED = """
update northbeam__orders set customer_name = 'Another Name' where order_id = 'order-000007'
"""
RECORDED = """
select
    (select count(*) from ledger.deliveries),
    (select count(*) from ledger.planned),
    (select count(*) from ledger.runs)
"""
STAGED = """
select (select count(*) from staged.orders), (select count(*) from work.rendered)
"""

LOADED = """
import atexit, sys
atexit.register(lambda: sys.stderr.write(f"requests: {'requests' in sys.modules}"))
"""


class Counting:
    """A connection of DuckDB that counts its statements, and those of its cursors."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, counts: Counter) -> None:
        self._connection, self._counts = connection, counts

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def execute(self, *arguments) -> duckdb.DuckDBPyConnection:
        self._counts["statements"] += 1
        return self._connection.execute(*arguments)

    def commit(self) -> duckdb.DuckDBPyConnection:
        self._counts["commits"] += 1
        return self._connection.commit()

    def cursor(self) -> "Counting":
        return Counting(self._connection.cursor(), self._counts)


@pytest.fixture
def counts(monkeypatch) -> Counter:
    """The statements that the connector's engine runs from now on."""
    counts = Counter()

    def connect(*arguments, **named) -> Counting:
        return Counting(duckdb.connect(*arguments, **named), counts)

    monkeypatch.setattr(
        "connector.engine.engine.duckdb",
        SimpleNamespace(connect=connect, __version__=duckdb.__version__),
    )
    return counts


def test_each_kind_of_run_asks_few_statements(shop, counts):
    """None of them depends on the number of orders."""

    def statements(*options: str) -> int:
        assert shop.sync(*options)["pending"] == 0
        return counts.pop("statements")

    shop.orders(0, BATCH)
    assert statements() <= 182  # a first load
    assert statements() <= 114  # nothing changed
    shop.sql(ONE_CHANGED)
    assert statements() <= 166  # one changed
    shop.orders(BATCH, 2 * BATCH)
    one_batch = statements()
    shop.orders(2 * BATCH, 6 * BATCH)
    assert statements("--yes") - one_batch <= 3 * 10  # of three batches more, in one or two chunks


def test_a_thousand_orders_more_take_few_commits_and_bytes_of_the_ledger(shop, counts):
    shop.orders(0, 2 * BATCH)
    shop.sync()
    few, size = counts.pop("commits"), shop.ledger.stat().st_size
    shop.orders(2 * BATCH, 10 * BATCH)
    assert shop.sync("--yes")["delivered"] == 8 * BATCH
    assert counts["commits"] <= few + 2 * 8  # one for the intents of a batch, one for its answer
    assert shop.ledger.stat().st_size - size <= 400_000 * 8


def test_what_calls_an_api_is_loaded_only_when_there_is_something_to_send(shop):
    shop.orders(0, 1)
    shop.sync()
    nothing = ended(shop.start("sync", before=LOADED))
    assert (nothing.code, nothing.err.endswith("requests: False")) == (0, True)


def test_a_run_sends_and_records_no_more_than_what_changed(shop):
    shop.orders(0, 3 * BATCH)
    summary = shop.sync()
    assert (summary["requests"], shop.remembered(RECORDED)) == (3, [(3 * BATCH, 0, 2)])
    assert shop.sync()["requests"] == 0
    assert shop.remembered(RECORDED) == [(3 * BATCH, 0, 4)]
    shop.sql(ONE_CHANGED)
    summary = shop.sync()
    (order,) = [text for text in shop.sandbox.texts() if '"Another Name"' in text]
    assert (summary["requests"], summary["bytes"]) == (1, len(f"[{order}]"))
    assert shop.remembered(RECORDED) == [(3 * BATCH + 1, 0, 6)]
    assert shop.ledger.stat().st_size <= 4_500_000


def test_only_what_changed_is_staged_and_rendered(shop):
    shop.orders(0, BATCH)
    assert rendered(shop) == (BATCH, BATCH, 0)
    shop.sync()
    assert rendered(shop) == (0, 0, 0)
    shop.sql(ONE_CHANGED)
    assert rendered(shop) == (1, 1, 1)
    shop.sync()
    shop.sql("update northbeam__products set _position = 5")  # a fingerprint, and no payload
    assert rendered(shop) == (BATCH, 0, BATCH)
    shop.sync()
    assert rendered(shop) == (0, 0, 0)


def test_a_run_by_watermark_reads_what_was_stamped_and_asks_few_statements(
    tmp_path, sandbox, counts
):
    shop = next(make_shop(tmp_path, sandbox, StampedShop))
    shop.orders(0, BATCH)
    shop.orders(BATCH, BATCH + 1)
    shop.sync()
    counts.clear()
    assert shop.sync()["scan"] == "watermark"
    assert counts.pop("statements") <= 136
    shop.sql(ONE_CHANGED)
    assert rendered(shop) == (1, 1, 1)
    assert read(shop) == 2  # it, and the one whose stamp was the last


def read(shop: Shop) -> int:
    """Plan; returns how many orders were read."""
    with shop.opened() as job:
        Planner(job.connection, job.contract, job.destination).plan(job.warehouse, Choice())
        return job.connection.execute("select count(*) from work.seen").fetchall()[0][0]


def rendered(shop: Shop) -> tuple[int, int, int]:
    """Plan and render; returns how many orders were staged, rendered, and rendered to compare."""
    with shop.opened() as job:
        planner = Planner(job.connection, job.contract, job.destination)
        plan = planner.plan(job.warehouse, Choice())
        with renderers(job.connection, plan.planned) as threads:
            orders = sum(each.orders for each in Chunks(threads, planner.recipe(), plan.planned))
        staged, compared = job.connection.execute(STAGED).fetchall()[0]
        return staged, orders, compared

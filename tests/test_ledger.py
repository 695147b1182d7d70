"""What the ledger keeps, and what it deletes."""

import random
import shutil
import signal
from pathlib import Path

import duckdb
import pytest

from connector.engine.engine import engine
from connector.ledger.file import attached
from connector.ledger.migration import make
from connector.plan.choice import Choice
from connector.plan.plan import Planner
from tests.shop import Shop, ended

ORDERS = 20
CHANGED = 5
KEPT = """
select
    (select count(*) from ledger.deliveries),
    (select count(*) from ledger.superseded),
    (select count(amount) from ledger.outcomes),
    (select count(*) from ledger.planned)
"""
CHANGE = "update northbeam__orders set tax = tax + 1 where order_id < 'order-000005'"


def age(shop: Shop, days: int) -> None:
    """Backdate all runs by some days."""
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(f"update runs set recorded_at = recorded_at - to_days({days})")


def rendered(shop: Shop) -> int:
    """How many orders a plan renders."""
    with shop.opened() as job:
        Planner(job.connection, job.contract, job.destination).plan(job.warehouse, Choice())
        return int(job.connection.execute("select count(*) from work.rendered").fetchone()[0])


def test_what_was_superseded_is_kept_for_ninety_days_and_its_amounts_with_it(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    age(shop, 88)
    shop.sql(CHANGE)
    shop.sync()
    both = ORDERS + CHANGED
    assert shop.remembered(KEPT) == [(both, CHANGED, both, 0)]
    age(shop, 3)
    assert shop.sync()["unchanged"] == ORDERS
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]
    assert shop.sync()["unchanged"] == ORDERS


def test_row_hashes_are_renewed_in_slices(shop, monkeypatch):
    """A new version of DuckDB renews all of them, which does not fit into memory at once."""
    shop.orders(0, ORDERS)
    shop.sync()
    monkeypatch.setattr("connector.ledger.contents.settling.REFRESHED", 7)
    monkeypatch.setattr("connector.source.snapshot.duckdb.__version__", "9.9.9")
    assert rendered(shop) == ORDERS
    assert shop.sync()["unchanged"] == ORDERS
    assert rendered(shop) == 0


def test_what_was_surely_not_sent_leaves_nothing(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    shop.sql(CHANGE)
    shop.sandbox.faults(["401"])
    assert shop.sync()["exit_code"] == 3
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]


def test_an_intent_that_a_later_run_settles_is_dropped(shop):
    shop.orders(0, ORDERS)
    shop.sandbox.faults(["reset-after"])
    shop.configure(attempts=1)
    assert shop.sync()["exit_code"] == 4
    assert shop.remembered(KEPT) == [(0, 0, 0, ORDERS)]
    shop.sandbox.faults([])
    assert shop.sync()["in_doubt"] == ORDERS
    assert shop.remembered(KEPT) == [(ORDERS, 0, ORDERS, 0)]


# Additions to the first schema, in order, before the version number changed.
LATER = {
    "the first": "",
    "with samples": """
        create table removals (destination varchar, environment varchar, order_id varchar,
            run_id integer);
        create table samples (destination varchar, environment varchar, order_id varchar,
            column_name varchar, print usmallint);""",
    "with payloads": """
        create table payloads (destination varchar, environment varchar, order_id varchar,
            run_id integer, payload varchar);
        create view last_sent as select destination, environment, order_id,
            arg_max(payload, run_id) as payload from payloads group by all;""",
    "with amounts": """
        create table amounts (destination varchar, environment varchar, order_id varchar,
            run_id integer, amount decimal(38, 4));""",
    "with requests": "alter table deliveries add column request_id varchar;",
    "with watermarks": """
        create table watermarks (destination varchar, environment varchar, run_id integer,
            changed_at timestamptz, salt varchar, full_scan_at timestamptz);""",
}
SHAPE = """
select table_name, column_name, data_type, column_index from duckdb_columns()
where database_name = 'ledger' order by all
"""


def first_ledger(environment: str, last: str) -> str:
    """SQL of a ledger of the first number, as it was after some of what came later."""
    first = (Path(__file__).parent / "ledgers" / "version_1.sql").read_text()
    steps = list(LATER)[: list(LATER).index(last) + 1]
    return first.replace("$environment", environment) + "".join(LATER[step] for step in steps)


@pytest.fixture(scope="module")
def newest(tmp_path_factory) -> list[tuple]:
    """The columns of a new ledger."""
    with engine(tmp_path_factory.mktemp("new")) as connection:
        connection.execute("attach ':memory:' as ledger")
        make(connection, Path("ledger.duckdb"))
        return connection.execute(SHAPE).fetchall()


@pytest.mark.parametrize("last", LATER)
def test_each_schema_that_had_the_first_number_becomes_the_newest(tmp_path, newest, last):
    path = tmp_path / "ledger.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(first_ledger("local", last))
    with engine(tmp_path) as connection, attached(connection, path):
        assert connection.execute(SHAPE).fetchall() == newest
        doubts = connection.execute("select order_id from ledger.in_doubt order by all").fetchall()
        # An intent that outlives a refusal is in doubt: an earlier attempt may have arrived.
        assert doubts == [("order-000002",), ("order-000003",)]
        assert connection.execute("select count(*) from ledger.current").fetchall() == [(3,)]


def test_a_ledger_of_this_number_that_lacks_a_table_gets_it(tmp_path, newest):
    path = tmp_path / "ledger.duckdb"
    for _ in range(2):
        with engine(tmp_path) as connection, attached(connection, path):
            assert connection.execute(SHAPE).fetchall() == newest
            connection.execute("drop table ledger.completeness")


@pytest.mark.parametrize("last", ["the first", "with watermarks"])
def test_a_ledger_of_the_first_number_is_read_exported_and_used(shop, last):
    shop.orders(0, 4)
    shop.ledger.parent.mkdir(exist_ok=True)
    host = shop.sandbox.url.partition("//")[2]
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(first_ledger(f"local@{host}", last))
    before = shop.ledger.read_bytes()
    (status,) = shop.run("status", "--output", "json").json()
    assert [status[key] for key in ("delivered", "refused", "in_doubt")] == [2, 1, 2]
    (error,) = shop.run("errors", "--output", "json").json()
    assert (error["order_id"], error["request_id"]) == ("order-000002", None)
    assert [run["run_id"] for run in shop.run("runs", "--output", "json").json()] == [2, 1]
    exported = shop.run("export", "--to", str(shop.directory / "out"), "--output", "json").json()
    assert [exported[key] for key in ("runs", "batches", "orders")] == [2, 1, 4]
    assert shop.plan()["planned"] == 4
    assert shop.ledger.read_bytes() == before
    assert shop.sync()["delivered"] == 4
    assert shop.sync()["requests"] == 0


VERSION_2 = (Path(__file__).parent / "ledgers" / "version_2.sql").read_text()
# What a removal superseded was superseded once more by the order in its place.
DOUBLED = "insert into superseded from superseded;"
# The connector of version 1 wrote the scope beside every intent and amount.
AS_VERSION_1 = """
create temp table scopes as select distinct run_id, destination, environment from runs;
create temp table intents as from planned;
create temp table sums as from amounts;
drop view in_doubt;
drop table planned;
drop table amounts;
drop table watermarks;
create table planned as
select destination, environment, order_id, run_id, 0::uhugeint as payload_md5
from intents inner join scopes using (run_id);
create table amounts as
select destination, environment, order_id, run_id, amount
from sums inner join scopes using (run_id);
create view in_doubt as
from planned
where not exists (
    from deliveries
    where deliveries.destination = planned.destination
        and deliveries.environment = planned.environment
        and deliveries.order_id = planned.order_id
        and deliveries.outcome in ('delivered', 'removed')
        and deliveries.run_id >= planned.run_id
);
update meta set version = 1;
"""
# The views and the destination as that ledger left them.
ITS_VIEWS = """
delete from northbeam__products where order_id in ('order-000003', 'order-000004');
delete from northbeam__orders where order_id in ('order-000003', 'order-000004');
update northbeam__orders set tax = tax + 1 where order_id between 'order-000005' and 'order-000009';
"""


@pytest.fixture(params=["", AS_VERSION_1], ids=["version 2", "version 1"])
def old(shop, request) -> Shop:
    """A shop whose ledger an earlier connector wrote."""
    shop.configure(attempts=1, on_removed="cancel")
    shop.orders(0, 25)
    shop.sql(ITS_VIEWS)
    shop.ledger.parent.mkdir(exist_ok=True)
    host = shop.sandbox.url.partition("//")[2]
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(VERSION_2.replace("$environment", f"local@{host}") + DOUBLED)
        connection.execute(request.param)
    return shop


def test_an_old_ledger_keeps_its_doubts_refusals_and_payloads(old):
    before = old.ledger.read_bytes()
    status = old.run("status", "--output", "json").json()[0]
    assert (status["in_doubt"], status["delivered"], status["refused"]) == (10, 12, 2)
    plan = old.plan()
    assert old.ledger.read_bytes() == before, "a command that only reads has changed the ledger"
    assert (plan["in_doubt"], plan["unchanged"], plan["refused_before"]) == (10, 11, 2)
    summary = old.sync()
    assert (summary["in_doubt"], summary["delivered"], summary["unchanged"]) == (10, 10, 11)
    assert [order["order_id"][-2:] for order in old.sandbox.orders()] == [
        *("05", "06", "07", "08", "09", "20", "21", "22", "23", "24")
    ]
    sums = old.remembered(
        "select (select count(*) from ledger.kept), (select count(*) from ledger.planned), "
        "count(*) - count(distinct (order_id, run_id)) from ledger.superseded"
    )
    assert sums == [(23, 0, 0)]
    assert old.sync()["requests"] == 0
    assert not list(old.ledger.parent.glob("spill-*"))


MIGRATES = """
import os, signal, threading
from connector.ledger import migration

class Counting:
    def __init__(self, connection):
        self.connection, self.left = connection, {left}

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def execute(self, *given):
        self.left -= 1
        if self.left == 0:
            threading.Timer({seconds}, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return self.connection.execute(*given)

    def commit(self):
        self.execute("select 1")
        self.connection.commit()

def change(connection, *given, then=migration._change):
    then(Counting(connection), *given)
    os.kill(os.getpid(), signal.SIGKILL)

migration._change = change
"""
MOMENTS = (1, 30, 99)  # statements of the migration: the last one commits; or right after it


@pytest.mark.parametrize("old", [""], indirect=True, ids=["version 2"])
def test_a_migration_that_is_killed_at_any_moment_is_made_good(old, request, state_folder):
    """The next run works as if nothing had happened."""
    whole = old.ledger.read_bytes()
    moments = (*range(1, 31), *[30] * 20, 99) if request.config.getoption("--long") else MOMENTS
    for moment in moments:
        for path in old.ledger.parent.glob("ledger*"):
            path.unlink()
        shutil.rmtree(state_folder / "order-connector", ignore_errors=True)  # else it is a copy
        old.ledger.write_bytes(whole)
        old.sandbox.reset()
        before = MIGRATES.format(left=moment, seconds=random.uniform(0, 0.004))
        assert ended(old.start("sync", before=before)).code == -signal.SIGKILL
        (status,) = old.run("status", "--output", "json").json()
        assert (status["in_doubt"], status["delivered"], status["refused"]) == (10, 12, 2), moment
        summary = old.sync()
        assert (summary["in_doubt"], summary["unchanged"]) == (10, 11), moment
        assert len(old.sandbox.orders()) == summary["delivered"] == 10, moment
    assert old.sync()["requests"] == 0

"""`plan/tables.sql` declares every temporary table as real runs make it, and who uses it."""

import re
from types import SimpleNamespace

import duckdb
import pytest

from tests import temporary_tables
from tests.conformance.shop import DestinationShop
from tests.stamped import StampedShop
from tests.temporary_tables import COLUMNS, declared, declared_columns, uses
from tests.test_records_and_events import make

Columns = dict[str, list[tuple[str, str]]]
Seen = dict[str, list[list[tuple[str, str]]]]  # as they were, at any time
# Named after a view or a chunk: the rows that are read by watermark, and what is rendered.
NUMBERED = re.compile(r"work\.(cut_.*|chunk_\d+|payloads_\d+)")
CHANGES = re.compile(r"\b(create|alter)\b", re.IGNORECASE)  # of tables
MOVE = "update triple_whale__orders set created_at = created_at - interval 1 hour "


class Watching:
    """A connection of DuckDB that notes the columns of temporary tables after each change."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seen: Seen) -> None:
        self._connection, self._seen = connection, seen

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def execute(self, *arguments) -> duckdb.DuckDBPyConnection:
        made = self._connection.execute(*arguments)
        if not CHANGES.search(getattr(arguments[0], "query", arguments[0])):
            return made
        with self._connection.cursor() as beside:
            rows = beside.execute(COLUMNS).fetchall()
        found: Columns = {}
        for table, column, kind in rows:
            found.setdefault(table, []).append((column, kind))
        for table, columns in found.items():
            if columns not in self._seen.setdefault(table, []):
                self._seen[table].append(columns)
        return made

    def cursor(self) -> "Watching":
        return Watching(self._connection.cursor(), self._seen)


@pytest.fixture
def seen(monkeypatch) -> Seen:
    """The columns of the temporary tables of all runs from now on."""
    found: Seen = {}

    def connect(*arguments, **named) -> Watching:
        return Watching(duckdb.connect(*arguments, **named), found)

    library = SimpleNamespace(**{**vars(duckdb), "connect": connect})
    monkeypatch.setattr("connector.engine.engine.duckdb", library)
    return found


def records(shop: DestinationShop) -> None:
    """Runs in which orders change their identity, disappear, and stop counting."""
    shop.configure(on_removed="void", on_identity_change="replace", attempts=1)
    shop.sync()
    shop.remove(0)
    shop.sql(MOVE + "where order_id = 'HB-000003'")
    shop.sql(
        "update triple_whale__orders set _lifecycle = 'cancelled' where order_id = 'HB-000005'"
    )
    shop.run("plan", "--diff")
    shop.sync("--yes")
    shop.sandbox.add(shop.key(4), created_at="2026-03-13T10:00:00Z")
    shop.run("verify", "--repair", "--from", "2026-03-01")


def stamps(shop: StampedShop) -> None:
    shop.configure()
    shop.orders(0, 60)
    shop.sync()
    shop.sql("update northbeam__orders set customer_name = 'x' where order_id < 'order-000009'")
    shop.sql("update northbeam__orders set customer_name = 'y' where order_id < 'order-000009'")
    shop.run("plan")
    shop.sync()
    shop.run("show", "order-000002")
    shop.run("validate")
    shop.run("export", "--to", str(shop.directory / "exports"))
    shop.run("export", "--to", "warehouse")
    shop.run("forget", "--order-id", "order-000002", "--yes")
    shop.run("adopt", "northbeam", "--yes")


def test_the_columns_are_those_of_real_runs(tmp_path, sandbox, shop, seen):
    directory = tmp_path / "records"
    directory.mkdir()
    records(make(directory, sandbox, "triple_whale"))
    stamps(StampedShop(shop.directory, shop.sandbox))
    known = {table: set(columns) for table, columns in declared_columns().items()}
    found = {
        table: set().union(*variants)
        for table, variants in seen.items()
        if not NUMBERED.fullmatch(table)
    }
    assert {table: columns for table, columns in found.items() if known.get(table) != columns} == {}
    assert known.keys() == found.keys()


def test_writers_and_readers_are_those_of_the_text():
    """`python -m tests.temporary_tables` writes them anew."""
    told = {table: each.told() for table, each in uses().items()}
    assert declared() == told


def test_a_writer_and_a_reader_are_told_apart():
    found = temporary_tables.in_sql(
        'create or replace table work.one as select * from work.two; insert into\n work."one" '
        "from plan.three; delete from work.two; from other.work.one, work.four.column, work.f()"
    )
    written = [("work.one", True), ("work.two", False), ("work.one", True), ("plan.three", False)]
    assert list(found) == [*written, ("work.two", True), ("work.four", False)]

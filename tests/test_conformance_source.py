"""What every source of orders must do, over real views and no fakes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from connector.compile.reading.watermark import Held
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.engine.engine import engine
from connector.exceptions import ModelError
from connector.plan import tables
from connector.settings.settings import Policy
from connector.settings.windows import window
from connector.source import snapshot
from connector.source.opening import opened
from connector.source.project import Warehouse
from connector.source.source import Measured, Source
from connector.sql import count, run
from tests.database import database
from tests.postgres_views import PostgresWarehouse
from tests.shop import ORDERS, SCHEMA
from tests.spark_views import SparkWarehouse

CONTRACT = contracts()["northbeam"]
POLICY = Policy()
HELD = Held(POLICY, "northbeam", "local")
BEGAN = datetime(2030, 1, 1, tzinfo=UTC)
DAY = datetime(2026, 3, 5, tzinfo=UTC)

# Enough of each order that every change has something to change.
FULL = """
alter table northbeam__orders add column _changed_at timestamptz;
alter table northbeam__orders add column customer_phone_number varchar;
update northbeam__orders set discount_codes = array['A'], order_tags = array['B', 'C'],
    customer_name = 'Caf' || chr(233), _changed_at = timestamptz '2026-03-01 00:00:00+00';
insert into northbeam__products
select order_id, 2, 'jam', 'Harbor Jam', 1, 2.50 from northbeam__orders;
insert into northbeam__refunds
select order_id, 1, 'tea', 1, 5.00, 0.00, timestamptz '2026-02-01 00:00:00+00'
from northbeam__orders;
"""
# What must change a fingerprint: each change has its own order.
CHANGES = {
    "null becomes an empty text": (
        "update northbeam__orders set customer_phone_number = '' where {this}"
    ),
    "a value becomes null": "update northbeam__orders set customer_email = null where {this}",
    "a value moves to the next column": (
        "update northbeam__orders set customer_email = null, "
        "customer_phone_number = customer_email where {this}"
    ),
    "a value moves to the next list": (
        "update northbeam__orders set discount_codes = array['A', 'B'], order_tags = array['C'] "
        "where {this}"
    ),
    "all values move to the next list": (
        "update northbeam__orders set discount_codes = array['A', 'B', 'C'], "
        "order_tags = array[]::varchar[] where {this}"
    ),
    "a list has another order": (
        "update northbeam__orders set order_tags = array['C', 'B'] where {this}"
    ),
    "two values of a list become one": (
        "update northbeam__orders set order_tags = array['B,C'] where {this}"
    ),
    "a list is empty": (
        "update northbeam__orders set discount_codes = array[]::varchar[] where {this}"
    ),
    "a list is null": "update northbeam__orders set discount_codes = null where {this}",
    "a list has an empty text": (
        "update northbeam__orders set discount_codes = array[''] where {this}"
    ),
    "the last decimal": (
        "update northbeam__orders set purchase_total = purchase_total + 0.01 where {this}"
    ),
    "one microsecond": (
        "update northbeam__orders set time_of_purchase = time_of_purchase "
        "+ interval '1 microsecond' where {this}"
    ),
    "another unicode form": (
        "update northbeam__orders set customer_name = 'Cafe' || chr(769) where {this}"
    ),
    "a space at the end": (
        "update northbeam__orders set customer_name = customer_name || ' ' where {this}"
    ),
    "upper case": "update northbeam__orders set customer_name = upper(customer_name) where {this}",
    "a line stands there twice": (
        "insert into northbeam__products select * from northbeam__products "
        "where {this} and _position = 1"
    ),
    "both lines stand there twice": (
        "insert into northbeam__products select * from northbeam__products where {this}"
    ),
    "a line is gone": "delete from northbeam__products where {this} and _position = 2",
    "the lines change places": (
        "update northbeam__products set _position = 3 - _position where {this}"
    ),
    "two lines swap a value": (
        "update northbeam__products set name = case when id = 'tea' then 'Harbor Jam' "
        "else 'Harbor Tea' end where {this}"
    ),
    "the decimals of a line": "update northbeam__products set price = price + 0.01 where {this}",
    "an amount moves between columns": (
        "update northbeam__refunds set refund_amount = 0.00, refund_cost = 5.00 where {this}"
    ),
    "a refund is gone": "delete from northbeam__refunds where {this}",
}
# What must not: how the same rows are stored.
REWRITTEN = """
create table kept as select * from northbeam__orders order by order_id desc;
drop table northbeam__orders;
create table northbeam__orders as
select customer_name, order_id, customer_id, time_of_purchase, currency, tax, shipping_cost,
    discount_codes, order_tags, customer_email, _changed_at, customer_phone_number,
    purchase_total::decimal(18, 2) as purchase_total
from kept;
drop table kept;
create table kept as select * from northbeam__products order by _position, order_id desc;
drop table northbeam__products;
create view northbeam__products as select * from kept;
"""


class DuckDBWarehouse:
    """A DuckDB file with the views of Northbeam."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "oms.duckdb"
        self.execute(SCHEMA)

    def execute(self, sql: str, **values) -> None:
        """Change the warehouse as dbt would."""
        with database(self.path) as connection:
            connection.execute("set timezone = 'UTC'")
            run(connection, sql, values)

    @contextmanager
    def opened(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract = CONTRACT
    ) -> Iterator[Source]:
        with opened(connection, contract, Warehouse(self.path, "main", None), {}) as source:
            yield source

    def close(self) -> None:
        """Do nothing: the file is deleted with its folder."""

    def elsewhere(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Set the session's time zone to the other side of the world."""
        connection.execute("set timezone = 'Pacific/Auckland'; set calendar = 'japanese'")


WAREHOUSES = {
    "DuckDB file": lambda request: DuckDBWarehouse(request.getfixturevalue("tmp_path")),
    "PostgreSQL": lambda request: PostgresWarehouse(request.getfixturevalue("postgres_url")),
    "Spark": lambda request: SparkWarehouse(
        request.getfixturevalue("spark_port"), request.getfixturevalue("tmp_path")
    ),
}


@pytest.fixture(params=WAREHOUSES.values(), ids=WAREHOUSES)
def warehouse(request):
    found = request.param(request)
    yield found
    found.close()


@pytest.fixture
def connection(tmp_path) -> Iterator[duckdb.DuckDBPyConnection]:
    with engine(tmp_path) as connection:
        prepare(connection)
        yield connection


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that a source fills, empty."""
    tables.make(connection)
    for name in ("plan", "staged"):
        connection.execute(f"drop schema if exists {name} cascade; create schema {name}")


def fingerprints(connection, warehouse) -> dict[str, int]:
    """The current fingerprint of each order."""
    prepare(connection)
    with warehouse.opened(connection) as source:
        source.fingerprints(POLICY, "salt")
    return dict(connection.execute("select order_id, row_hash from work.seen").fetchall())


def choose(connection, condition: str = "true") -> None:
    """Rank orders as the diff does, and call them candidates."""
    connection.execute(
        "create table work.ranked as select row_number() over (order by order_id) as rank, "
        f"order_id from work.seen where {condition}; "
        "create table plan.changes as select ranked.*, row_hash, 'candidate' as state "
        "from work.ranked inner join work.seen using (order_id)"
    )


def test_each_change_changes_the_fingerprint_of_its_order_and_of_no_other(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=len(CHANGES) + 5)
    warehouse.execute(FULL)
    before = fingerprints(connection, warehouse)
    for number, change in enumerate(CHANGES.values()):
        warehouse.execute(change.format(this=f"order_id = 'order-{number:06}'"))
    after = fingerprints(connection, warehouse)
    changed = {order for order in before if before[order] != after[order]}
    assert before.keys() == after.keys()
    assert changed == {f"order-{number:06}" for number in range(len(CHANGES))}
    assert len(set(after.values())) == len(after)


def test_the_same_rows_have_the_same_fingerprints_however_they_are_kept_and_read(
    connection, warehouse
):
    warehouse.execute(ORDERS, first=0, last=20)
    warehouse.execute(FULL)
    before = fingerprints(connection, warehouse)
    warehouse.execute(REWRITTEN)
    assert fingerprints(connection, warehouse) == before
    warehouse.elsewhere(connection)
    assert fingerprints(connection, warehouse) == before


def test_the_time_of_a_change_is_never_seen_later_than_it_was(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=1)
    warehouse.execute(FULL)
    for fraction in ("0", "499999", "5", "999999"):
        stamp = f"timestamptz '2026-03-01 00:00:07.{fraction}+00'"
        warehouse.execute(f"update northbeam__orders set _changed_at = {stamp}")
        fingerprints(connection, warehouse)
        seen = connection.execute("select to_timestamp(changed) from work.seen").fetchall()
        assert seen == [(datetime(2026, 3, 1, 0, 0, 7, tzinfo=UTC),)]


def test_the_salt_and_only_the_salt_changes_all_of_them(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=3)
    before = fingerprints(connection, warehouse)
    prepare(connection)
    with warehouse.opened(connection) as source:
        source.fingerprints(POLICY, "another salt")
    rows = connection.execute("select order_id, row_hash from work.seen").fetchall()
    assert not set(rows) & set(before.items())


def test_orders_that_are_there_twice_or_not_at_all_are_counted(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=3)
    warehouse.execute(
        "insert into northbeam__orders select * from northbeam__orders "
        "where order_id = 'order-000000'"
    )
    warehouse.execute("delete from northbeam__orders where order_id = 'order-000002'")
    with warehouse.opened(connection) as source:
        source.fingerprints(POLICY, "salt")
        products = next(each for each in CONTRACT.entities() if each.name == "products")
        assert source.orphans(products) == (1, ["order-000002"])
    times = connection.execute("select order_id[-1], times from work.seen order by 1").fetchall()
    assert times == [("0", 2), ("1", 1), ("2", 0)]


def test_chosen_rows_arrive_as_they_are_and_the_warehouse_is_free_then(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=10)
    warehouse.execute(FULL)
    with warehouse.opened(connection) as source:
        salt = snapshot.take(connection, source, POLICY)
        choose(connection, "order_id > 'order-000006'")
        snapshot.copy(source, POLICY)
        source.leave_out_changed(POLICY, salt)
    warehouse.execute("create table made_meanwhile as select 1")
    assert count(connection, "work.changed_while_read") == 0
    assert connection.execute(
        "select __rank, order_id, purchase_total, time_of_purchase, discount_codes, customer_name, "
        "customer_phone_number from staged.orders"
    ).fetchall()[0][:3] == (1, "order-000007", connection.execute("select 12.50").fetchone()[0])
    taken = connection.execute(
        "select (order_tags, customer_name, epoch_us(time_of_purchase), customer_phone_number) "
        "from staged.orders order by order_id"
    ).fetchall()
    start = int(datetime(2026, 1, 1, 0, 7, tzinfo=UTC).timestamp()) * 1_000_000
    assert taken[0] == ((["B", "C"], "Café", start, None),)
    lines = "select order_id[-1], _position, id, price::varchar from staged.products order by all"
    assert connection.execute(lines).fetchall()[:2] == [
        ("7", 1, "tea", "5.00"),
        ("7", 2, "jam", "2.50"),
    ]
    assert [count(connection, f"staged.{name}") for name in ("orders", "refunds")] == [3, 3]


def test_what_changed_since_its_fingerprint_was_taken_is_left_out(connection, warehouse):
    """Pretend that the warehouse has changed: a snapshot over all views would not notice."""
    if not isinstance(warehouse, DuckDBWarehouse):
        pytest.skip("all views are read as of one moment, or rows arrive with their hashes")
    warehouse.execute(ORDERS, first=0, last=4)
    with warehouse.opened(connection) as source:
        salt = snapshot.take(connection, source, POLICY)
        choose(connection)
        snapshot.copy(source, POLICY)
        connection.execute("update staged.products set name = 'x' where order_id[-1] = '2'")
        source.leave_out_changed(POLICY, salt)
    assert connection.execute("from work.changed_while_read").fetchall() == [("order-000002",)]
    assert [count(connection, f"staged.{name}") for name in ("orders", "products")] == [3, 3]


def test_a_window_and_a_cut_have_the_fingerprints_of_the_whole(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=10)
    warehouse.execute(FULL)
    warehouse.execute(
        "update northbeam__orders set time_of_purchase = '2026-03-05 00:00:00Z', "
        "_changed_at = '2026-03-05 00:00:00Z' where order_id > 'order-000007'"
    )
    whole = fingerprints(connection, warehouse)
    late = {order: mark for order, mark in whole.items() if order > "order-000007"}
    prepare(connection)
    with warehouse.opened(connection) as source:
        source.windowed(window(DAY, "month")).fingerprints(POLICY, "salt")
    seen = "select order_id, row_hash from work.seen"
    assert dict(connection.execute(seen).fetchall()) == late
    prepare(connection)
    with warehouse.opened(connection) as source:
        connection.execute("insert into work.sought values ('order-000003', false), ('x', false)")
        source.cut_recent(DAY)
        source.cut_sought(DAY)
        connection.execute("insert into work.sought select order_id, true from work.cut_orders")
        source.cut_children()
        source.copied().fingerprints(POLICY, "salt")
    asked = {"order-000003": whole["order-000003"]}
    assert dict(connection.execute(seen).fetchall()) == late | asked
    assert count(connection, "work.changed_while_read") == 0


def test_one_order_has_the_fingerprint_and_the_rows_that_it_has_among_all(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=5)
    warehouse.execute(
        "update northbeam__orders set order_id = $id where right(order_id, 1) = '3'", id="'"
    )
    warehouse.execute(
        "update northbeam__products set order_id = $id where right(order_id, 1) = '3'", id="'"
    )
    whole = fingerprints(connection, warehouse)
    for order_id, lines in (("'", 1), ("order-000004", 1), ("nobody", 0)):
        prepare(connection)
        with warehouse.opened(connection) as source:
            one = source.of_order(order_id)
            snapshot.take(connection, one, POLICY)
            choose(connection)
            snapshot.copy(one, POLICY)
        prints = connection.execute("select order_id, row_hash from work.seen").fetchall()
        assert [order for order, _ in prints] == [order_id] * lines
        assert count(connection, "staged.products") == count(connection, "staged.orders") == lines
        prepare(connection)
        with warehouse.opened(connection) as source:
            source.of_order(order_id).fingerprints(POLICY, "salt")
        found = connection.execute("select order_id, row_hash from work.seen").fetchall()
        assert dict(found) == {each: whole[each] for each in whole if each == order_id}


def test_it_measures_what_is_new(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=10)
    warehouse.execute(FULL)
    warehouse.execute(
        "update northbeam__orders set time_of_purchase = '2026-03-05 00:00:00Z', "
        "_changed_at = case when right(order_id, 1) <> '9' "
        "then timestamptz '2026-03-05 00:00:00Z' end where order_id > 'order-000007'"
    )
    with warehouse.opened(connection) as source:
        stamp = int(DAY.timestamp()) * 1_000_000
        assert source.measure(HELD, DAY, BEGAN) == Measured(10, 0, 2, stamp)
        assert source.measure(HELD, DAY, datetime(2026, 3, 4, tzinfo=UTC)).latest < stamp
        assert source.newest(BEGAN) == DAY
        months = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3)]
        assert source.periods("month") == list(zip(months, (8, 2), strict=True))
        assert source.windowed(window(DAY, "month")).periods("day") == [(DAY, 2)]
        source.ids("work", "every_id")
    assert count(connection, "work.every_id") == 10


def test_it_says_which_views_and_columns_have_values(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=3)
    with warehouse.opened(connection) as source:
        orders, products, refunds = CONTRACT.entities()[:3]
        names = [orders.name, products.name, refunds.name]
        assert list(source.models) == list(source.columns) == names  # one view may be left out
        assert source.models["refunds"] == "northbeam__refunds"
        assert source.has_values(orders, ["currency", "tax"]) == (True, True, True)
        assert source.has_values(products, []) == (True,)
        assert source.has_values(refunds, ["refund_cost"]) == (False, False)


def test_another_definition_of_a_view_is_noticed_and_another_row_is_none(connection, warehouse):
    def definitions() -> str:
        with warehouse.opened(connection) as source:
            return source.definitions() + source.engine()

    warehouse.execute(
        "alter table northbeam__orders rename to kept; "
        "create view northbeam__orders as select * from kept"
    )
    first = definitions()
    assert definitions() == first
    warehouse.execute("insert into kept (order_id) values ('x')")
    assert definitions() == first
    warehouse.execute("create or replace view northbeam__orders as select * from kept where true")
    assert definitions() != first


def test_a_view_that_cannot_be_read_is_named_and_its_values_are_not(connection, warehouse):
    warehouse.execute(ORDERS, first=0, last=3)
    warehouse.execute(
        "alter table northbeam__products rename to kept; create view northbeam__products as "
        "select order_id, _position, id, name, quantity, name::decimal(18, 2) as price from kept"
    )
    with (
        pytest.raises(ModelError, match="northbeam__products cannot be read") as told,
        warehouse.opened(connection) as source,
    ):
        source.fingerprints(POLICY, "salt")
    assert "Harbor" not in str(told.value)

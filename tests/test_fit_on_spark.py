"""Columns of the wrong type in Spark: the suggested SQL is Spark's, and works there."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from connector.compile.reading.stage import kinds
from connector.fit.fault import UnfitError
from connector.source.opening import reading
from connector.source.project import Warehouse
from connector.source.spark.cluster import Cluster
from connector.source.warehouse import views
from tests.spark_views import CONTRACT
from tests.spark_warehouse import session

pytestmark = pytest.mark.untraced

TEN, NOON = Decimal("10.00"), datetime(2026, 3, 4, 12, 0)  # noqa: DTZ001 - of a session in UTC
# kind, SQL of a value, what the advised expression makes of it
REFUSED = [
    ("string", "cast(1 as double)", "1"),
    ("string", "true", "true"),
    ("string", "date '2026-03-04'", "2026-03-04"),
    ("string", "timestamp '2026-03-04 12:00:00'", "2026-03-04T12:00:00Z"),
    ("string", "cast('someone' as binary)", "someone"),
    ("string", "array('some', 'one')", "some, one"),
    ("string", "array(1, 2)", "1, 2"),
    ("timestamp", "timestamp_ntz '2026-03-04 12:00:00'", NOON),
    ("timestamp", "date '2026-03-04'", NOON.replace(hour=0)),
    ("timestamp", "'2026-03-04T14:00:00+02:00'", NOON),
    ("timestamp", "'2026-03-04 12:00:00'", NOON),
    ("timestamp", "'3/4/2026 12:00'", NOON),
    ("timestamp", "'3/4/26 12:00 PM'", NOON),
    ("timestamp", "'04.03.2026 12:00'", NOON),
    ("timestamp", "'Mar 4, 2026 12:00'", NOON),
    ("timestamp", "'Wed, 04 Mar 2026 12:00:00'", NOON),
    ("timestamp", "'20260304120000'", NOON),
    ("timestamp", "'1772625600'", NOON),
    ("timestamp", "1772625600L", NOON),
    ("timestamp", "1772625600500L", NOON.replace(microsecond=500_000)),
    ("timestamp", "1772625600000001L", NOON.replace(microsecond=1)),
    ("timestamp", "20260304", NOON.replace(hour=0)),
    ("number", "cast(10 as double)", TEN),
    ("number", "'$10.00'", TEN),
    ("number", "'10,00 €'", TEN),
    ("number", "cast(10 as decimal(38, 15))", TEN),
    ("number", "array(cast(10 as decimal(18, 2)))", TEN),
    ("boolean", "'Yes'", True),
    ("boolean", "cast(1 as double)", True),
    ("strings", "'web, vip'", ["web", "vip"]),
    ("strings", """'["web", "vip"]'""", ["web", "vip"]),
    ("strings", "array(cast(1 as double))", ["1"]),
    ("strings", "cast(1 as decimal(18, 2))", ["1.00"]),
]
RIGHT = {
    "string": "'text'",
    "timestamp": "timestamp '2026-03-04 12:00:00'",
    "number": "1.00",
    "integer": "1",
    "boolean": "true",
    "strings": "array('text')",
}


@pytest.fixture
def place(spark_ports):
    """A session of Spark, and the warehouse with the views of a schema of its own."""
    with session(spark_ports) as opened:
        opened.sql("create database fit")
        yield opened, Warehouse(Cluster("127.0.0.1", spark_ports.connect), "fit", None)
        opened.sql("drop database fit cascade")


def refused(place, wrong: dict[str, str]):
    """Return the faults of views whose orders have SQL in place of some right values."""
    opened, warehouse = place
    for entity in CONTRACT.entities():
        values = {name: RIGHT[kind] for name, kind in kinds(entity).items()}
        values |= {} if entity.label else wrong
        row = ", ".join(f"{sql} as {name}" for name, sql in values.items())
        opened.sql(f"create or replace view fit.northbeam__{entity.name} as select {row}")
    with (
        duckdb.connect() as connection,
        pytest.raises(UnfitError) as caught,
        reading(connection, warehouse) as reader,
    ):
        views(reader, CONTRACT, {})
    return caught.value.faults


def rounds():
    """Return cases by the column that takes each, as many at a time as there are columns."""
    columns = {
        kind: [
            name
            for name, each in kinds(CONTRACT.orders).items()
            if each == kind and name != "order_id"
        ]
        for kind in RIGHT
    }
    found, used = [], Counter()
    for kind, sql, expected in REFUSED:
        turn, place = divmod(used[kind], len(columns[kind]))
        used[kind] += 1
        found += [{}] * (turn + 1 - len(found))
        found[turn] = found[turn] | {columns[kind][place]: (sql, expected)}
    return found


def test_the_advised_expressions_of_spark_make_what_the_contract_takes(place):
    for cases in rounds():
        faults = refused(place, {name: sql for name, (sql, _) in cases.items()})
        assert [fault.column for fault in faults] == [
            n for n in kinds(CONTRACT.orders) if n in cases
        ]
        advised = ", ".join(fault.instead.partition("  -- ")[0] for fault in faults)
        (row,) = place[0].sql(f"select {advised} from fit.northbeam__orders").collect()
        assert row.asDict() == {name: expected for name, (_, expected) in cases.items()}


def test_a_list_of_structs_in_spark_is_told_to_be_a_view_of_its_own(place):
    wrong = {"products": "array(named_struct('id', 'tea'), named_struct('id', 'jam'))"}
    (fault,) = refused(place, wrong)
    made = fault.instead.replace("…", "fit.northbeam__orders")
    found = [tuple(row) for row in place[0].sql(f"{made} order by _position").collect()]
    assert found == [("text", 1, "tea"), ("text", 2, "jam")]

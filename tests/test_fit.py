"""Columns of the wrong type: what is cast, what is refused, and that suggested SQL works."""

from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pytest

from connector.compile.reading.stage import TYPES
from connector.destinations import contracts
from connector.fit.fault import UnfitError
from connector.fit.types import fields, fits, written
from connector.source.file.attached import AttachedFile
from connector.source.project import Warehouse
from connector.source.warehouse import views
from tests.shop import ORDERS, SCHEMA

CONTRACT = contracts()["northbeam"]
ANN, TEN = "someone@mail.example", Decimal("10.00")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
COLUMNS = {
    "string": "customer_name",
    "timestamp": "time_of_purchase",
    "number": "purchase_total",
    "boolean": "is_recurring_order",
    "strings": "order_tags",
}
# kind, SQL of two values, what the advised expression makes of the first
REFUSED = [
    ("string", "1.0::double, 2.0::double", "1"),
    ("string", "true, false", "true"),
    ("string", "date '2026-03-04', date '2026-03-05'", "2026-03-04"),
    ("string", "timestamptz '2026-03-04 12:00:00+00', null", "2026-03-04T12:00:00Z"),
    ("string", "'someone'::blob, null", "someone"),
    ("string", "'\"some one\"'::json, null", "some one"),
    ("string", "{'name': 'some one', 'n': 1}, null", "some one"),
    ("string", "10.00::decimal(18, 2), null", "10"),
    ("string", "['some', 'one'], null", "some, one"),
    ("timestamp", "timestamp '2026-03-04 12:00', null", NOON),
    ("timestamp", "timestamp_ns '2026-03-04 12:00:00', null", NOON),
    ("timestamp", "timestamp_s '2026-03-04 12:00:00', null", NOON),
    ("timestamp", "timestamp_ms '2026-03-04 12:00:00', null", NOON),
    ("timestamp", "date '2026-03-04', null", NOON.replace(hour=0)),
    ("timestamp", "'2026-03-04T14:00:00+02:00', '2026-03-04T14:00:00Z'", NOON),
    ("timestamp", "'2026-03-04 12:00:00', '2026-03-04'", NOON),
    ("timestamp", "'3/4/2026 12:00', '12/31/2026 1:00'", NOON),
    ("timestamp", "'4/3/2026 12:00', '31/12/2026 1:00'", NOON),
    ("timestamp", "'3/4/26 12:00 PM', null", NOON),
    ("timestamp", "'04.03.2026 12:00', null", NOON),
    ("timestamp", "'20260304', null", NOON.replace(hour=0)),
    ("timestamp", "'1772625600', null", NOON),
    ("timestamp", "1772625600, null", NOON),
    ("timestamp", "1772625600000, null", NOON),
    ("timestamp", "1772625600000000, null", NOON),
    ("timestamp", "1772625600.0::double, null", NOON),
    ("timestamp", "20260304, null", NOON.replace(hour=0)),
    ("timestamp", "'\"2026-03-04T12:00:00Z\"'::json, null", NOON),
    ("number", "10.0::double, 2.675::double", TEN),
    ("number", "10.0::float, null", TEN),
    ("number", "'10.00', '0.5'", TEN),
    ("number", "'$10.00', '-$1,234.50'", TEN),
    ("number", "'10,00 €', '1.234,50 €'", TEN),
    ("number", "'10.00', ''", TEN),
    ("number", "10::decimal(38, 15), null", TEN),
    ("number", "10::uhugeint, null", TEN),
    ("number", "'10.0'::json, null", TEN),
    ("number", "'\"10.00\"'::json, null", TEN),
    ("number", '\'{"amount": "10.00", "currency": "EUR"}\'::json, null', TEN),
    ("number", "{'currency': 'EUR', 'amount': 10.00::double}, null", TEN),
    ("number", "{'shop_money': {'amount': '10.00', 'currency_code': 'EUR'}}, null", TEN),
    ("number", "[10.00::decimal(18, 2)], null", TEN),
    ("boolean", "'true', 'false'", True),
    ("boolean", "'Yes', 'no'", True),
    ("boolean", "'1'::enum ('0', '1'), null", True),
    ("boolean", "2, 0", True),
    ("boolean", "1.0::double, null", True),
    ("strings", "'web, vip', 'web'", ["web", "vip"]),
    ("strings", "'web|vip', 'web'", ["web", "vip"]),
    ("strings", "'web;vip', ''", ["web", "vip"]),
    ("strings", "'web', null", ["web"]),
    ("strings", "'[\"web\", \"vip\"]', '[]'", ["web", "vip"]),
    ("strings", '\'["web", "vip"]\'::json, null', ["web", "vip"]),
    ("strings", "'\"web,vip\"'::json, null", ["web", "vip"]),
    ("strings", "[{'name': 'web'}, {'name': 'vip'}], null", ["web", "vip"]),
    ("strings", "map {'web': 1, 'vip': 2}, null", ["web", "vip"]),
    ("strings", "[1.0::double], null", ["1"]),
]
# kind, SQL of two values, what arrives of the first
CAST = [
    ("string", "7, null", "7"),
    ("string", "7::bigint, null", "7"),
    ("string", "7::decimal(38, 0), null", "7"),
    ("string", "uuid '6f1ed002-ab5d-4d23-8f3c-1e2f5a3b4c5d', null", None),
    ("string", "'a'::enum ('a', 'b'), null", "a"),
    ("string", "null, null", None),
    ("timestamp", "null, null", None),
    ("number", "null, null", None),
    ("boolean", "1, 0", True),
    ("boolean", "null, null", None),
    ("strings", "[], []", []),
    ("strings", "['web', 'vip']::varchar[2], null", ["web", "vip"]),
    ("strings", "[7], null", ["7"]),
    ("strings", "null, null", None),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """One warehouse of two orders in this process, whose views each case replaces."""
    path = tmp_path_factory.mktemp("fit") / "w.duckdb"
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{path}' as w")
        connection.execute("use w")
        connection.execute(SCHEMA)
        for statement in duckdb.extract_statements(ORDERS):
            connection.execute(statement, {"first": 1, "last": 3})
        connection.execute("alter table northbeam__orders add is_recurring_order boolean")
        connection.execute("alter table northbeam__orders rename to good_orders")
        yield connection, Warehouse(path, "main", None)


def replaced(connection, column, values, kind="view"):
    """Give the orders' view these values in a column."""
    for each in ("view", "table"):
        there = f"select 1 from duckdb_{each}s() where {each}_name = 'northbeam__orders'"
        if connection.execute(there).fetchall():
            connection.execute(f"drop {each} northbeam__orders")
    first, second = f"select [{values}][1]", f"select [{values}][2]"
    given = f"case when order_id = 'order-000001' then ({first}) else ({second}) end"
    others = f"(select * exclude ({written(column)}) from good_orders)"
    connection.execute(
        f"create {kind} northbeam__orders as select *, {given} as {written(column)} from {others}"
    )


def found(warehouse):
    connection, place = warehouse
    return views(AttachedFile(connection, place), CONTRACT, {})


def refused(warehouse):
    with pytest.raises(UnfitError) as caught:
        found(warehouse)
    return caught.value.faults


@pytest.mark.parametrize(("kind", "values", "expected"), REFUSED)
def test_the_advised_expression_makes_what_the_contract_takes(warehouse, kind, values, expected):
    connection, _ = warehouse
    column = COLUMNS[kind]
    replaced(connection, column, values)
    (fault,) = refused(warehouse)
    assert (fault.column, fault.wanted) == (column, TYPES[kind].upper())
    instead = fault.instead.partition("  -- ")[0]
    made = f"select {instead}, order_id from northbeam__orders order by order_id"
    rows = connection.execute(made).fetchall()
    assert rows[0][0] == expected
    described = connection.execute(f"describe {made}").fetchall()
    assert described[0][0] == column
    assert fits(kind, described[0][1])


@pytest.mark.parametrize(("kind", "values", "expected"), CAST)
@pytest.mark.parametrize("made_as", ["view", "table"])
def test_what_loses_nothing_is_cast_and_announced(warehouse, kind, values, expected, made_as):
    connection, _ = warehouse
    column = COLUMNS[kind]
    replaced(connection, column, values, made_as)
    whole = found(warehouse)
    relation = whole.relations["orders"]
    rows = f"select {column}, typeof({column}) from {relation} order by order_id"
    value, data_type = connection.execute(rows).fetchall()[0]
    assert fits(kind, data_type)
    assert expected is None or value == expected
    assert whole.announced()[0].startswith(f"northbeam__orders.{column} is ")


def test_a_number_that_is_no_boolean_is_refused_when_it_comes_later(warehouse):
    connection, _ = warehouse
    replaced(connection, "is_recurring_order", "1, 0")
    relation = found(warehouse).relations["orders"]
    replaced(connection, "is_recurring_order", "1, 2")
    with pytest.raises(duckdb.InvalidInputException, match="neither 0 nor 1"):
        connection.execute(f"select is_recurring_order from {relation}").fetchall()


def test_all_faults_of_all_views_are_told_at_once(warehouse):
    connection, _ = warehouse
    replaced(connection, "purchase_total", "10.0::double, 1.0::double")
    connection.execute("alter table northbeam__refunds rename refund_cost to Refund_Cost")
    connection.execute("alter table northbeam__products rename id to product")
    try:
        faults = refused(warehouse)
    finally:
        connection.execute("alter table northbeam__refunds rename Refund_Cost to refund_cost")
        connection.execute("alter table northbeam__products rename product to id")
    told = [(each.view, each.column, each.found) for each in faults]
    assert told == [
        ("northbeam__orders", "purchase_total", "DOUBLE"),
        ("northbeam__products", "product", "not in the contract"),
        ("northbeam__products", "id", "missing"),
        ("northbeam__refunds", "Refund_Cost", "in another case"),
        ("northbeam__refunds", "refund_cost", "missing"),
    ]
    error = UnfitError("northbeam", faults)
    assert [line.split()[0] for line in error.frames[1:]] == [each.view for each in faults]
    assert "northbeam__refunds.refund_cost is missing" in str(error)
    assert '"Refund_Cost" as refund_cost' in error.frames[4]


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ("{'city': 'Kyiv', 'zip_code': '01001', 'country': 'UKR'}, null", "Kyiv"),
        ('\'{"city": "Kyiv", "zip": "01001"}\'::json, null', "Kyiv"),
    ],
)
def test_an_address_that_is_one_column_is_taken_apart(warehouse, values, first):
    connection, _ = warehouse
    connection.execute("alter table good_orders add customer_shipping_address varchar")
    try:
        replaced(connection, "customer_shipping_address", values)
        (fault,) = refused(warehouse)
        made = f"select {fault.instead} from northbeam__orders order by order_id"
        rows = connection.execute(made)
        names = [column[0] for column in rows.description]
        values = dict(zip(names, rows.fetchone(), strict=True))
        assert values["customer_shipping_address__city"] == first
        assert values["customer_shipping_address__zip"] == "01001"
    finally:
        connection.execute("alter table good_orders drop customer_shipping_address")


def test_a_list_of_objects_is_told_to_be_a_view_of_its_own(warehouse):
    connection, _ = warehouse
    connection.execute("alter table good_orders add products varchar")
    try:
        replaced(connection, "products", "[{'id': 'tea', 'price': 5.00}], []")
        (fault,) = refused(warehouse)
        made = fault.instead.replace("…", "northbeam__orders")
        rows = connection.execute(made)
        assert [column[0] for column in rows.description] == [
            "order_id",
            "_position",
            "id",
            "price",
        ]
        assert rows.fetchall() == [("order-000001", 1, "tea", Decimal("5.00"))]
    finally:
        connection.execute("alter table good_orders drop products")


def test_the_fields_of_a_struct_are_read_from_its_type():
    kind = "STRUCT(a INTEGER, \"b \"\"c\" VARCHAR, n STRUCT(x DECIMAL(18,2), y ENUM('p, q', ')')))"
    assert fields(kind) == {
        "a": "INTEGER",
        'b "c': "VARCHAR",
        "n": "STRUCT(x DECIMAL(18,2), y ENUM('p, q', ')'))",
    }


def test_words_that_must_be_quoted_are_those_of_the_engine():
    sql = "select keyword_name from duckdb_keywords() where keyword_category like 'reserved'"
    for (word,) in duckdb.sql(sql).fetchall():
        assert written(word) == f'"{word}"'
    assert written("order_id") == "order_id"
    assert written("Order") == '"Order"'

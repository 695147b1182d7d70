"""Columns of the wrong type in PostgreSQL: the suggested SQL is PostgreSQL's, and works there."""

from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pytest

from connector.compile.reading.stage import TYPES
from connector.fit.fault import UnfitError
from connector.source.opening import reading
from connector.source.warehouse import views
from tests.postgres_views import CONTRACT, PostgresWarehouse
from tests.shop import ORDERS
from tests.test_fit import COLUMNS

pytestmark = pytest.mark.untraced

TEN, NOON = Decimal("10.00"), datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
# kind, type, text of a value, what the advised expression makes of it
REFUSED = [
    ("string", "double precision", "1", "1"),
    ("string", "boolean", "true", "true"),
    ("string", "date", "2026-03-04", "2026-03-04"),
    ("string", "timestamptz", "2026-03-04 12:00:00+00", "2026-03-04T12:00:00Z"),
    ("string", "bytea", "someone", "someone"),
    ("string", "jsonb", '"some one"', "some one"),
    ("string", "json", '{"name": "some one", "n": 1}', "some one"),
    ("string", "text[]", "{some,one}", "some, one"),
    ("timestamp", "timestamp", "2026-03-04 12:00", NOON),
    ("timestamp", "date", "2026-03-04", NOON.replace(hour=0)),
    ("timestamp", "text", "2026-03-04T14:00:00+02:00", NOON),
    ("timestamp", "text", "2026-03-04 12:00:00", NOON),
    ("timestamp", "text", "3/4/2026 12:00", NOON),
    ("timestamp", "text", "3/4/26 12:00 PM", NOON),
    ("timestamp", "text", "04.03.2026 12:00", NOON),
    ("timestamp", "text", "Mar 4, 2026 12:00", NOON),
    ("timestamp", "text", "Wed, 04 Mar 2026 12:00:00", NOON),
    ("timestamp", "text", "1772625600", NOON),
    ("timestamp", "bigint", "1772625600", NOON),
    ("timestamp", "bigint", "1772625600500", NOON.replace(microsecond=500_000)),
    ("timestamp", "bigint", "1772625600000001", NOON.replace(microsecond=1)),
    ("timestamp", "integer", "20260304", NOON.replace(hour=0)),
    ("timestamp", "jsonb", '"2026-03-04T12:00:00Z"', NOON),
    ("number", "double precision", "10", TEN),
    ("number", "text", "$10.00", TEN),
    ("number", "text", "10,00 €", TEN),
    ("number", "numeric(38, 15)", "10", TEN),
    ("number", "jsonb", "10.0", TEN),
    ("number", "jsonb", '{"amount": "10.00", "currency": "EUR"}', TEN),
    ("number", "numeric(18, 2)[]", "{10}", TEN),
    ("boolean", "text", "Yes", True),
    ("boolean", "double precision", "1", True),
    ("strings", "text", "web, vip", ["web", "vip"]),
    ("strings", "text", '["web", "vip"]', ["web", "vip"]),
    ("strings", "jsonb", '["web", "vip"]', ["web", "vip"]),
    ("strings", "double precision[]", "{1}", ["1"]),
    ("strings", "numeric(18, 2)", "1", ["1.00"]),
]


@pytest.fixture(scope="module")
def place(postgres_url):
    """A schema with two orders, whose columns each case replaces."""
    found = PostgresWarehouse(postgres_url)
    found.execute(ORDERS, first=1, last=3)
    yield found
    found.close()


def refused(place, name: str, type_: str, value: str):
    """Return the fault of the view whose column `name` has a value and a null."""
    alter = f"alter table northbeam__orders drop column if exists {name}"
    place.execute(f"{alter}, add column {name} {type_}")
    change = f"update northbeam__orders set {name} = $value where order_id = 'order-000001'"
    place.execute(change, value=value)
    with (
        duckdb.connect() as connection,
        pytest.raises(UnfitError) as caught,
        reading(connection, place.warehouse) as reader,
    ):
        views(reader, CONTRACT, {})
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(("kind", "type_", "value", "expected"), REFUSED)
def test_the_advised_expression_makes_what_the_contract_takes(place, kind, type_, value, expected):
    column = COLUMNS[kind]
    fault = refused(place, column, type_, value)
    assert (fault.column, fault.wanted) == (column, TYPES[kind].upper())
    instead = fault.instead.partition("  -- ")[0]
    rows = place.rows(f"select {instead} from northbeam__orders order by order_id")
    assert rows[0] == (expected,)
    alter = f"alter table northbeam__orders drop column {column}"
    place.execute(f"{alter}, add column {column} {TYPES[kind]}")


def test_an_address_in_jsonb_is_taken_apart(place):
    address = '{"city": "Kyiv", "zip": "01001"}'
    fault = refused(place, "customer_shipping_address", "jsonb", address)
    made = f"select {fault.instead} from northbeam__orders order by order_id"
    with place.admin.cursor() as cursor:
        row = cursor.execute(made).fetchone()
        names = [
            column.name.removeprefix("customer_shipping_address__") for column in cursor.description
        ]
    found = dict(zip(names, row, strict=True))
    assert (found["city"], found["zip"]) == ("Kyiv", "01001")
    place.execute("alter table northbeam__orders drop customer_shipping_address")


def test_a_list_of_objects_in_jsonb_is_told_to_be_a_view_of_its_own(place):
    fault = refused(place, "products", "jsonb", '[{"id": "tea"}, {"id": "jam"}]')
    made = fault.instead.replace("…", "northbeam__orders")
    assert place.rows(f"{made} order by _position") == [
        ("order-000001", 1, {"id": "tea"}),
        ("order-000001", 2, {"id": "jam"}),
    ]
    place.execute("alter table northbeam__orders drop products")

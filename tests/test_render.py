"""The text of a payload, value by value."""

import json
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from connector.destinations import contracts
from connector.engine.engine import engine
from connector.payloads.batch import Batch, with_bodies
from connector.plan.plan import Planner
from connector.sql import run
from tests import generated_orders as generated
from tests.broken_orders import entities, row, types
from tests.generated_orders import NUMBERS, YEAR_1, YEAR_10000, Generated, Judged, judge

NORTHBEAM = contracts()["northbeam"]
LEAST = {
    "order_id": "1",
    "customer_id": "c",
    "time_of_purchase": 0,
    "currency": "USD",
    **dict.fromkeys(("purchase_total", "tax", "shipping_cost"), Decimal("0.00")),
}
PRODUCT = {"order_id": "1", "_position": 1, "id": "tea", "name": "Tea"}
PRODUCT |= {"quantity": Decimal("1.00"), "price": Decimal("0.00")}


def rendered(*products: dict[str, Any], column_types: dict | None = None, **changes: Any) -> str:
    """The payload of one order with only the required fields, and `changes`."""
    tables = {"orders": [LEAST | changes], "products": list(products) or [PRODUCT]}
    found = types(NORTHBEAM) | (column_types or {})
    used = {name: kept(found[name], tables.get(name, [])) for name in ("orders", "products")}
    return judge(NORTHBEAM, Generated(tables, used)).payloads["1"]


def unlike(member: str, cases: dict[str, Any]) -> dict[str, str]:
    """The payloads that lack the text `"member":text,`, by it; one order a case, all in one plan.

    The cases are values of the member by what they are to be written as.
    """
    orders = [
        LEAST | {"order_id": str(number), member: value}
        for number, value in enumerate(cases.values())
    ]
    products = [PRODUCT | {"order_id": order["order_id"]} for order in orders]
    found = types(NORTHBEAM)
    used = {"orders": kept(found["orders"], orders), "products": kept(found["products"], products)}
    judged = judge(NORTHBEAM, Generated({"orders": orders, "products": products}, used))
    payloads = {text: judged.payloads[str(number)] for number, text in enumerate(cases)}
    return {text: each for text, each in payloads.items() if f'"{member}":{text},' not in each}


def kept(column_types: dict[str, str], rows: list[dict]) -> dict[str, str]:
    """The columns that any row has: a view may lack the others."""
    return {column: kind for column, kind in column_types.items() if any(column in r for r in rows)}


def test_an_order_with_the_least_is_written_without_white_space_in_the_order_of_the_contract():
    assert rendered() == (
        '{"order_id":"1","customer_id":"c","time_of_purchase":"1970-01-01T00:00:00Z",'
        '"currency":"USD","purchase_total":0,"tax":0,"shipping_cost":0,'
        '"products":[{"id":"tea","name":"Tea","quantity":1,"price":0}]}'
    )


def test_every_field_is_written_where_the_contract_has_it():
    tables = {
        name: [{**row(schema), "order_id": "1", "_position": 1}]
        for name, _, schema in entities(NORTHBEAM.schema)
    }
    text = judge(NORTHBEAM, Generated(tables, types(NORTHBEAM))).payloads["1"]
    assert keys(json.loads(text)) == keys_of_schema(NORTHBEAM.schema)


def keys(value: Any) -> Any:
    if isinstance(value, list):
        return keys(value[0])
    return [(key, keys(inner)) for key, inner in value.items()] if isinstance(value, dict) else None


def keys_of_schema(schema: Any) -> Any:
    """As `keys`, without fields that another one excludes."""
    if schema["type"] == "array":
        return keys_of_schema(schema["items"])
    left_out = {part["not"]["required"][1] for part in schema.get("allOf", [])}
    return [
        (name, keys_of_schema(value))
        for name, value in schema.get("properties", {}).items()
        if name not in left_out
    ] or None


def test_amounts_are_exact_and_as_short_as_can_be():
    """Of a scale of two."""
    texts = ("0", "12.5", "12", "100", "-0.01", "-0.5", "99999999999999.99", "0.05")
    assert unlike("tax", {text: Decimal(text).quantize(Decimal("0.01")) for text in texts}) == {}


@pytest.mark.parametrize("kind", sorted(NUMBERS))
def test_the_largest_and_smallest_of_every_type_are_exact(kind):
    digits, scale = NUMBERS[kind]
    columns = {"orders": types(NORTHBEAM)["orders"] | dict.fromkeys(("tax", "shipping_cost"), kind)}
    largest, smallest = (Decimal(f"{unscaled}e-{scale}") for unscaled in (10**digits - 1, -1))
    text = rendered(column_types=columns, tax=largest, shipping_cost=smallest)
    assert f'"tax":{largest:f},"shipping_cost":{smallest:f},' in text  # no trailing zero


def test_times_are_whole_seconds_in_utc():
    times = {
        '"0001-01-01T00:00:00Z"': YEAR_1,
        '"1969-12-31T23:59:59Z"': -1,
        '"1970-01-01T00:00:00Z"': 999_999,
        '"2000-02-29T00:00:00Z"': 951_782_400_000_000,
        '"9999-12-31T23:59:59Z"': YEAR_10000 - 1,
    }
    assert unlike("time_of_purchase", times) == {}


def test_texts_are_escaped_only_where_json_asks_for_it():
    texts = {
        r'"say \"tea\""': 'say "tea"',
        r'"a\\b/c"': "a\\b/c",
        r'"\b\f\n\r\t"': "\b\f\n\r\t",
        '"\\u0000\\u001F\x7f"': "\x00\x1f\x7f",
        '"Ünï 😀 \u2028"': "Ünï 😀 \u2028",
        '"null"': "null",
        '""': "",
    }
    assert unlike("customer_name", texts) == {}


def test_lists_of_texts_keep_their_order_and_may_be_empty():
    lists = {"[]": [], '["b","a"]': ["b", "a"], r'["\"",",","]"]': ['"', ",", "]"]}
    assert unlike("discount_codes", lists) == {}


def test_truths_are_no_texts():
    assert unlike("is_recurring_order", {"true": True, "false": False}) == {}


def test_what_is_null_is_left_out_and_an_object_of_nulls_altogether():
    address = {"customer_shipping_address__city": None, "customer_shipping_address__zip": None}
    assert rendered(customer_name=None, discount_codes=None, **address) == rendered()


def test_what_an_object_has_is_written_without_what_it_lacks():
    address = {"customer_shipping_address__city": None, "customer_shipping_address__zip": "1"}
    assert '"customer_shipping_address":{"zip":"1"},' in rendered(**address)


def test_children_stand_by_position_and_those_of_one_position_by_their_text():
    texts = [(2, "a"), (1, "z"), (1, "b"), (None, "A"), (-1, "y")]
    products = [PRODUCT | {"_position": position, "id": name} for position, name in texts]
    found = [product["id"] for product in json.loads(rendered(*products))["products"]]
    assert found == ["y", "b", "z", "a", "A"]


@pytest.mark.parametrize("lines", [5, 25])
def test_chunks_put_short_and_long_lists_in_the_same_order(tmp_path, lines):
    places = [None, *range(lines - 3, 0, -1), 2, 1]
    products = [PRODUCT | {"_position": place, "name": "é" * n} for n, place in enumerate(places)]
    columns = {
        "orders": kept(types(NORTHBEAM)["orders"], [LEAST]),
        "products": kept(types(NORTHBEAM)["products"], products),
    }
    generated.load(
        tmp_path / "oms.duckdb",
        NORTHBEAM,
        Generated({"orders": [LEAST], "products": products}, columns),
    )
    with engine(tmp_path / "engine") as connection:
        generated.attach_new_ledger(connection, tmp_path)
        planner = Planner(connection, NORTHBEAM, generated.destination(NORTHBEAM, tmp_path))
        planner.stage(generated.Warehouse(tmp_path / "oms.duckdb", "main", None))
        planner.render()
        all_at_once = connection.execute("select payload from work.payloads").fetchall()
        select = planner.recipe().successive
        chunk = f"select payload from ({select})"
        assert run(connection, chunk, {"first": 1, "last": 1}).fetchall() == all_at_once
    assert ("min_by" in select) == (lines < 25)


@pytest.mark.parametrize("alone", [9, 4])
def test_the_orders_of_a_request_do_not_rest_on_the_order_of_rows(alone):
    """Neither when one of them is sent alone, as it is large; the tenth is too large to send."""
    rows = "select 10 - n as position, 'o' || position as payload from range(10) as t(n)"
    rows = f"select *, strlen(payload) as bytes from ({rows})"
    values = {"payloads": "chunk", "max_order_bytes": 2}
    last = 8 if alone == 9 else 9
    batches = [Batch(1, 1, 2, 2, 7, False, False), Batch(2, 3, last, 6, 19, False, False)]
    batches.append(Batch(3, alone, alone, 1, 4, False, False))
    with duckdb.connect() as connection:
        connection.execute(f"create table chunk as {rows}")
        found = [each.body for each in with_bodies(connection, values, batches, ("[", "]"))]
    whole = b"" if alone == 4 else b"[o3,o4,o5,o6,o7,o8]"
    assert found == [b"[o1,o2]", whole, f"[o{alone}]".encode()]


# A bad order affects no others.


def judged_together(bad: dict[str, Any], product: dict[str, Any], kind: str) -> Judged:
    numbers = {"tax": kind, "shipping_cost": kind, "purchase_total": kind}
    found = types(NORTHBEAM)
    columns = {
        "orders": kept(found["orders"] | numbers, [LEAST]),
        "products": kept(found["products"] | {"quantity": kind, "price": kind}, [PRODUCT]),
    }
    tables = {
        "orders": [LEAST, LEAST | {"order_id": "2"} | bad],
        "products": [PRODUCT, PRODUCT | {"order_id": "2"} | product],
    }
    return judge(NORTHBEAM, Generated(tables, columns))


@pytest.mark.parametrize("kind", sorted(NUMBERS))
def test_an_amount_beyond_all_measure_harms_its_own_order_only(kind):
    digits, scale = NUMBERS[kind]
    largest = Decimal(f"{10**digits - 1}e-{scale}")
    order = {"purchase_total": largest.copy_negate(), "tax": largest, "shipping_cost": largest}
    judged = judged_together(order, {"price": largest, "quantity": largest}, kind)
    assert judged.invalid == {"2"}
    assert set(judged.payloads) == {"1", "2"}

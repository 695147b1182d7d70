"""Random orders for a contract, mostly difficult ones, and a warehouse that holds them."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import yaml
from hypothesis import strategies as st

from connector.compile import quote
from connector.compile.judging import judge as compiled
from connector.config import config
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.engine.engine import engine
from connector.ledger.migration import make as make_ledger
from connector.plan.plan import Planner
from connector.settings.settings import Destination
from connector.source.project import Warehouse
from tests.database import database

NUMBERS = {  # digits in all and behind the point; with more of these a view is refused
    "decimal(18, 2)": (18, 2),
    "decimal(38, 0)": (38, 0),
    "decimal(38, 2)": (38, 2),
    "decimal(38, 10)": (38, 10),
    "decimal(38, 12)": (38, 12),
    "decimal(13, 12)": (13, 12),
    "decimal(4, 3)": (4, 3),
    "tinyint": (2, 0),
    "integer": (9, 0),
    "bigint": (18, 0),
    "hugeint": (38, 0),
}
TYPES = {"string": "varchar", "strings": "varchar[]", "timestamp": "timestamptz"}
TYPES |= {"boolean": "boolean", "integer": "bigint"}
TEXTS = [
    *(
        "",
        " ",
        "x",
        "null",
        "{}",
        "[]",
        "a b",
        "a\tb",
        "line\nline\r",
        "\x00",
        "a\x00b",
        "\x01\x1f",
    ),
    *('"', "\\", '\\"', "/", "'", "''; drop table staged.orders; --", "$1 {} %s", "\x7f\x80\x9f"),
    *("é", "e\u0301", "\u2028\u2029", "\ufeff", "\ufffd\uffff", "\U0010ffff", "😀", "🤦🏼\u200d♂️"),
    *("x" * 255, "x" * 256, "😀" * 255, "😀" * 256, "\u0301" * 256, "\x00" * 256, "x" * 70_000),
    *("usd", "USD ", "USD\n", "US", "XXX", "a@b", "a@b.c", "a@b.c\n", "a @b.c", "+380441234567"),
    *("0" * 64, "0" * 63, "A" * 64, "0" * 64 + "\n", "1.2.3.4", "::1", "1.2.3", "999.999.999.999"),
]
DAY = 86_400_000_000
YEAR_1, YEAR_10000 = -719_162 * DAY, 2_932_897 * DAY
YEAR_0 = YEAR_1 - 366 * DAY
TIMESTAMPS = [
    *(
        0,
        -1,
        1,
        999_999,
        1_000_000,
        YEAR_1,
        YEAR_10000 - 1,
        YEAR_10000,
        YEAR_0 - 1,
        -2_000_000 * DAY,
    ),
    *(100_000_000 * DAY, "infinity", "-infinity"),
]


@dataclass(frozen=True, repr=False)
class Generated:
    """Rows by entity, and the type of each column of each entity's view."""

    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    types: Mapping[str, Mapping[str, str]]

    def __repr__(self) -> str:
        return f"<{ {name: len(rows) for name, rows in self.tables.items()} }>"


@functools.cache
def of_pattern(pattern: str) -> st.SearchStrategy[str]:
    """Matching texts; one strategy per pattern, since making one is slow."""
    return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(max_codepoint=0x24F))


def text_like(field: Mapping[str, Any]) -> st.SearchStrategy[str]:
    """Texts of the right kind, though not always of the right length."""
    if "enum" in field:
        return st.sampled_from(field["enum"])
    if "pattern" in field:
        return of_pattern(field["pattern"])
    return st.text("Aé😀 7", min_size=field.get("minLength", 0), max_size=9)


def texts(field: Mapping[str, Any]) -> st.SearchStrategy[str]:
    return text_like(field) | st.sampled_from(TEXTS) | st.text(max_size=9)


def numbers(data_type: str) -> st.SearchStrategy[Decimal]:
    digits, scale = NUMBERS[data_type]
    edges = [near + limit * 10**scale for near in (-1, 0, 1) for limit in (0, 10**14)]
    largest = 10**digits - 1
    unscaled = st.integers(-largest, largest) | st.sampled_from(
        [edge for edge in (*edges, largest, -largest) if abs(edge) <= largest]
    )
    return unscaled.map(lambda number: Decimal(f"{number}e-{scale}"))


def fine(field: Field, data_type: str) -> st.SearchStrategy[Any]:
    """Values that the contract usually accepts."""
    by_kind = {
        "string": lambda: text_like(field.schema),
        "strings": lambda: st.lists(text_like(field.schema["items"]), max_size=3, unique=True),
        "timestamp": lambda: st.integers(0, 20_000 * DAY),
        "boolean": st.booleans,
    }
    if field.kind in by_kind:
        return by_kind[field.kind]()
    digits, scale = NUMBERS[data_type]
    return st.integers(0, 10 ** min(digits, 5) - 1).map(lambda n: Decimal(f"{n}e-{scale}"))


def anything(field: Field, data_type: str) -> st.SearchStrategy[Any]:
    """Values that the column can hold."""
    by_kind = {
        "string": lambda: texts(field.schema),
        "strings": lambda: st.lists(texts(field.schema["items"]) | st.none(), max_size=4),
        "timestamp": lambda: st.sampled_from(TIMESTAMPS) | moments(),
        "boolean": st.booleans,
    }
    values = by_kind[field.kind]() if field.kind in by_kind else numbers(data_type)
    return st.none() | values


def moments() -> st.SearchStrategy[int]:
    """All but the year 0 and the thousand before it.

    The RFC on timestamps has a year 0, the calendar has not; the validator takes `-500` for a year.
    """
    return st.integers(-2_000_000 * DAY, YEAR_0 - 366_000 * DAY) | st.integers(
        YEAR_1, 100_000_000 * DAY
    )


@st.composite
def generated(draw: st.DrawFn, contract: Contract, orders: int) -> Generated:
    """Valid orders with a few changes each."""
    types = {entity.name: draw(column_types(entity)) for entity in contract.entities()}
    templates = [draw(fine_order(contract, types)) for _ in range(3)]
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in types}
    seen: set[str] = set()
    for number in range(orders):
        order = draw(changed(contract, types, templates))
        key = str(order[contract.orders.name][0][contract.key] or number)
        key = key if key not in seen else f"{key}-{number}"
        seen.add(key)
        for name, rows in order.items():
            tables[name] += [{**row, contract.key: key} for row in rows]
    keys = {entity.name: entity.keys for entity in contract.entities()}
    return Generated(tables, {n: visible(types[n], tables[n], keys[n]) for n in types})


def visible(
    types: Mapping[str, str], rows: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> dict[str, str]:
    """Leave a column out when no row has a value for it, as a view without that field would."""
    needed = {"_position", *keys}
    return {
        column: data_type
        for column, data_type in types.items()
        if column in needed or any(row.get(column) is not None for row in rows)
    }


@st.composite
def column_types(draw: st.DrawFn, entity: Entity) -> dict[str, str]:
    keys = dict.fromkeys(entity.keys, "varchar") | (
        {"_position": "integer"} if entity.label else {}
    )
    return keys | {
        field.column: draw(st.sampled_from(sorted(NUMBERS)))
        if field.kind == "number"
        else TYPES[field.kind]
        for field in entity.fields
    }


Order = dict[str, list[dict[str, Any]]]


@st.composite
def fine_order(draw: st.DrawFn, contract: Contract, types: Mapping[str, Any]) -> Order:
    return {
        entity.name: [
            {
                field.column: draw(fine(field, types[entity.name][field.column]))
                for field in entity.fields
            }
        ]
        for entity in contract.entities()
    }


@st.composite
def changed(
    draw: st.DrawFn, contract: Contract, types: Mapping[str, Any], templates: Sequence[Order]
) -> Order:
    template = draw(st.sampled_from(templates))
    order = {name: [dict(row) for row in rows] for name, rows in template.items()}
    exclusive(contract, order[contract.orders.name][0])
    for entity in contract.orders.children:
        count = draw(st.sampled_from([1, 1, 1, 1, 0, 2, 40]))
        row = order[entity.name][0]
        order[entity.name] = [draw(copied(entity, row)) for _ in range(min(count, 3))]
        order[entity.name] += [{**row, "_position": -number} for number in range(3, count)]
    for _ in range(draw(st.integers(0, 4))):
        entity = draw(st.sampled_from(contract.entities()))
        field = draw(st.sampled_from(entity.fields))
        if order[entity.name]:
            row = draw(st.integers(0, len(order[entity.name]) - 1))
            value = draw(anything(field, types[entity.name][field.column]))
            order[entity.name][row][field.column] = value
    for entity in contract.orders.children:
        for child in entity.children:
            order[child.name] = hung(entity, order[entity.name], order[child.name])
    return order


def hung(
    parent: Entity, parents: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows of a list within a list, one after the other on the items that have a key."""
    key = parent.item_key
    there = [row[key] for row in parents if row[key] is not None]
    return [{**row, key: there[n % len(there)]} for n, row in enumerate(rows) if there]


@st.composite
def copied(draw: st.DrawFn, entity: Entity, row: Mapping[str, Any]) -> dict[str, Any]:
    """The same except for its position, and sometimes for a fraction of a second."""
    copy = {**row, "_position": draw(st.integers(-1, 3) | st.none())}
    for field in entity.fields:
        if field.kind == "timestamp" and copy[field.column] is not None:
            copy[field.column] += draw(st.sampled_from([0, 0, 1, 1_000_000]))
    return copy


def exclusive(contract: Contract, row: dict[str, Any]) -> None:
    """Drop the second of two fields that must not come together."""
    for combination in contract.schema.get("allOf", []):
        for name in combination.get("not", {"required": []})["required"][1:]:
            row[name] = None


def load(path: Path, contract: Contract, found: Generated) -> None:
    """Write the views of a destination as tables."""
    with database(path) as connection:
        for name, types in found.types.items():
            columns = ", ".join(f"{quote(column)} {kind}" for column, kind in types.items())
            table = quote(f"{contract.destination}__{name}")
            connection.execute(f"create table {table} ({columns})")
            sql, values = typed_rows(types, found.tables[name])
            connection.execute(f"insert into {table} {sql}", values)


def typed_rows(types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> tuple[str, dict]:
    """A select of the rows, each column of its type, and the values that it binds."""
    bound = {
        f"values_{number}": [stored(row.get(column)) for row in rows]
        for number, column in enumerate(types)
    }
    return typed(types), bound


def typed(types: Mapping[str, str]) -> str:
    """A select that turns the bound lists of texts into typed rows."""
    lists, values = [], []
    for number, (column, kind) in enumerate(types.items()):
        inner = "varchar[]" if kind == "varchar[]" else "varchar"
        name = quote(column)
        lists.append(f"unnest(cast($values_{number} as {inner}[])) as {name}")
        micros = f"make_timestamptz(try_cast({name} as bigint))"
        is_time = kind == "timestamptz"
        cast = f"{'try_' if is_time else ''}cast({name} as {kind})"
        values.append(f"coalesce({micros}, {cast})" if is_time else cast)
    return f"select {', '.join(values)} from (select {', '.join(lists)})"


def stored(value: Any) -> Any:
    """As a text, which DuckDB reads exactly; lists as they are."""
    if value is None or isinstance(value, str | list):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True)
class Judged:
    """What our SQL finds in every order: the rules it breaks, and its payload anyway."""

    rules: Mapping[str, set[str]]
    invalid: frozenset[str]
    payloads: Mapping[str, str]


def attach_new_ledger(connection: duckdb.DuckDBPyConnection, directory: Path) -> None:
    """Attach an empty ledger in memory; its stamps are written to the directory."""
    connection.execute("attach ':memory:' as ledger")
    make_ledger(connection, directory / "ledger.duckdb")


def judge(contract: Contract, found: Generated, *, mends: bool = False) -> Judged:
    """Load the orders, and let the connector's own planner judge and render all of them.

    Unless it `mends`, whatever the schema forbids refuses the order, and is rendered as it is.
    """
    with TemporaryDirectory() as directory, engine(Path(directory) / "engine") as connection:
        path = Path(directory) / "oms.duckdb"
        load(path, contract, found)
        attach_new_ledger(connection, Path(directory))
        planner = Planner(connection, contract, destination(contract, Path(directory), mends))
        planner.stage(Warehouse(path, "main", None))
        planner.judge()
        invalid = connection.execute("from work.invalid").fetchall()
        connection.execute("delete from work.invalid")  # so that those are rendered as well
        planner.render()
        rules: dict[str, set[str]] = {}
        sql = "select order_id, rule from work.violations inner join work.checks using (number)"
        for order_id, rule in connection.execute(sql).fetchall():
            rules.setdefault(order_id, set()).add(rule)
        rows = connection.execute("select order_id, payload from work.payloads").fetchall()
        return Judged(rules, frozenset(order_id for (order_id,) in invalid), dict(rows))


def destination(contract: Contract, directory: Path, mends: bool = True) -> Destination:  # noqa: FBT001, FBT002
    """Settings of connector.yml for tests that send nothing."""
    settings: dict[str, Any] = {name: f"${{{name.upper()}}}" for name in contract.settings}
    if not mends:
        settings["rules"] = strict(contract)
    path = directory / "connector.yml"
    path.write_text(yaml.safe_dump({"destinations": {contract.destination: settings}}))
    return config.load(path, {contract.destination: contract}).destinations[contract.destination]


def strict(contract: Contract) -> dict[str, str]:
    """The setting with which every rule of the schema refuses the order, as JSON Schema does."""
    checks = [*compiled.checks(contract), *compiled.list_checks(contract)]
    return {check.rule: "refuse" for check in checks}

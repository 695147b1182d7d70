"""The small model of Northbeam: orders of a view, what is sent of them, what a ledger knows."""

import dataclasses
import functools
import hashlib
import json
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from connector.contract.contract import Contract, load
from connector.destinations import contracts
from connector.http.answer import Response
from tests.model_destination import ELSEWHERE, ORDERS_A_BATCH, Destination, Orders

# What an order may hold: its total, and how many of each product. The last two are invalid.
CONTENTS = {
    "A": ("10.00", (("tea", 1),)),
    "B": ("12.50", (("tea", 1),)),
    "C": ("10.00", (("tea", 1), ("mug", 2))),
    "negative": ("-1.00", (("tea", 1),)),
    "without products": ("10.00", ()),
}
VALID = ("A", "B", "C")
_KEPT = {
    "order_id",
    "customer_id",
    "time_of_purchase",
    "purchase_total",
    "customer_email",
    "discount_amount",
    "products",
}
Content = str
Contents = dict[str, Content]


@functools.cache
def small_contract() -> Contract:
    """Northbeam's contract with few fields and small batches, so that a run is quick."""
    real = contracts()["northbeam"]
    schema = yaml.safe_load(real.path.read_text())
    for key in ("x-rules", "allOf", "x-removal", "x-steady", "x-lifecycle", *ELSEWHERE):
        schema.pop(key, None)
    schema["x-columns"] = {"orders": {"_changed_at": {"type": "string", "format": "date-time"}}}
    schema["required"] = [name for name in schema["required"] if name in _KEPT]
    schema["properties"] = {n: f for n, f in schema["properties"].items() if n in _KEPT}
    items = schema["properties"]["products"]["items"]
    items["required"] = ["id", "quantity"]
    items["properties"] = {name: items["properties"][name] for name in items["required"]}
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "contract.yml"
        path.write_text(yaml.safe_dump(schema))
        # Answers are recognised by the directory of the contract.
        return dataclasses.replace(load(path), path=real.path, max_orders=ORDERS_A_BATCH)


def placed_at(order_id: str) -> str:
    """Later numbers are older orders."""
    return f"2026-01-{28 - int(order_id[-2:]):02}T10:00:00Z"


def payload(order_id: str, content: Content) -> dict[str, Any]:
    """What the destination must receive for a valid order."""
    total, products = CONTENTS[content]
    return {
        "order_id": order_id,
        "customer_id": f"customer of {order_id}",
        "time_of_purchase": placed_at(order_id),
        "purchase_total": Decimal(total),
        "products": [{"id": name, "quantity": quantity} for name, quantity in products],
    }


def content_of(order: dict[str, Any]) -> Content:
    """The content of an order as received; fails for content that no view ever had."""
    (found,) = [name for name in VALID if payload(order["order_id"], name) == order]
    return found


# The layout of the views, which never changes what is sent.
LAYOUTS = {
    "table": "select order_id, customer_id, time_of_purchase, purchase_total, "
    "{touched} as _touched, _changed_at from {rows}",
    "reordered view": "select {touched} as _touched, purchase_total, time_of_purchase, "
    "_changed_at, customer_id, order_id from {rows} order by order_id desc",
    "other types": "select order_id, customer_id, time_of_purchase, "
    "purchase_total::decimal(20, 2) as purchase_total, _changed_at from {rows}",
    "new null column": "select order_id, customer_id, time_of_purchase, purchase_total, "
    "null::decimal(18, 2) as discount_amount, _changed_at from {rows}",
}


@dataclasses.dataclass(frozen=True)
class Looks:
    """What the views say besides the content of the orders; stamps are days, by order."""

    layout: str
    touched: int
    stamps: dict[str, int]

    def stamped_at(self, order_id: str) -> str:
        day = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=self.stamps[order_id])
        return day.isoformat()


def write_views(
    connection: duckdb.DuckDBPyConnection, path: Path, view: Contents, looks: Looks
) -> None:
    """Make the warehouse anew with these orders."""
    orders = [
        (o, f"customer of {o}", placed_at(o), CONTENTS[c][0], looks.stamped_at(o))
        for o, c in view.items()
    ]
    products = [
        (order, position, name, quantity)
        for order, content in view.items()
        for position, (name, quantity) in enumerate(CONTENTS[content][1])
    ]
    path.unlink(missing_ok=True)
    connection.execute("attach $path as oms", {"path": str(path)})
    connection.execute(
        "create table oms.raw (order_id varchar, customer_id varchar, "
        "time_of_purchase timestamptz, purchase_total decimal(18, 2), _changed_at timestamptz); "
        "create table oms.northbeam__products "
        "(order_id varchar, _position integer, id varchar, quantity integer)"
    )
    _insert(connection, "oms.raw", orders)
    _insert(connection, "oms.northbeam__products", products)
    select = LAYOUTS[looks.layout].format(rows="raw", touched=looks.touched)
    kind = "view" if "view" in looks.layout else "table"
    connection.execute(f"use oms; create {kind} northbeam__orders as {select}; use memory")
    connection.execute("detach oms")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> None:
    holes = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
    if rows:
        connection.execute(f"insert into {table} values {holes}", [v for row in rows for v in row])


@dataclasses.dataclass
class Memory:
    """What the ledger records for one environment."""

    delivered: Contents = dataclasses.field(default_factory=dict)
    refused: Contents = dataclasses.field(default_factory=dict)
    in_doubt: set[str] = dataclasses.field(default_factory=set)


def remembered(
    connection: duckdb.DuckDBPyConnection, prints: dict[str, dict[int, tuple[str, Content]]]
) -> dict[str, Memory]:
    """Read the ledger; `prints` maps the md5 of a payload to its order and content."""
    memories = {environment: Memory() for environment in prints}
    rows = connection.execute(
        "select environment, order_id, outcome, payload_md5 from ledger.current "
        "union all by name "
        "select distinct environment, order_id, 'in_doubt' as outcome from ledger.in_doubt"
    ).fetchall()
    for environment, order, outcome, md5 in rows:
        memory = memories[environment]
        if outcome == "in_doubt":
            memory.in_doubt.add(order)
            continue
        contents = getattr(memory, outcome)
        assert order not in contents, f"{order} is {outcome} twice"
        owner, contents[order] = prints[environment][md5]
        assert owner == order
    return memories


class Northbeam(Destination):
    """Keeps one version of each order: the last to arrive."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, tuple[int, Content]] = {}
        self.prints: dict[int, tuple[str, Content]] = {}

    @property
    def stored(self) -> Contents:
        return {order: content for order, (_, content) in self._kept.items()}

    def read(self, body: bytes) -> Contents:
        text, at, orders = body.decode(), 1, {}
        decoder = json.JSONDecoder(parse_float=Decimal)
        while at < len(text):
            order, end = decoder.raw_decode(text, at)
            digest = hashlib.md5(text[at:end].encode(), usedforsecurity=False).digest()
            assert order["order_id"] not in orders, "an order is in the request twice"
            orders[order["order_id"]] = content_of(order)
            owner = (order["order_id"], orders[order["order_id"]])
            self.prints[int.from_bytes(digest, "little")] = owner
            at = end + 1
        return orders

    def store(self, order: str, content: Content, number: int) -> None:
        later, kept = self._kept.get(order, (0, content))
        if later > number and kept != content:
            self.wrongs.append(f"P2: {order} was {kept} and is {content} again, which was late")
        self._kept[order] = (number, content)

    def taken(self) -> Response:
        return Response(200, "application/json", b'{"message": "Orders received"}')

    def named(self, orders: Orders) -> Response:
        errors = [{"order_id": order, "message": "poison", "json_path": "$"} for order in orders]
        body = {"status": 400, "response": json.dumps(errors)}
        return Response(400, "application/json", json.dumps(body).encode())

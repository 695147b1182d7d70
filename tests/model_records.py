"""A small model of records: an order may have several, and each request raises an event."""

import dataclasses
import functools
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
from tests.model_destination import ELSEWHERE, ORDERS, ORDERS_A_BATCH, Destination, Orders

LIVE, BACK, DELETED = "live", "taken back", "deleted"
JSON = "application/json"
TOTALS = {"A": "10.00", "B": "12.50"}
MOVED = timedelta(hours=2)  # later than an order was placed at first
STATES = ("placed", "cancelled", "draft")


@dataclasses.dataclass(frozen=True)
class Row:
    """What the view says of an order."""

    total: str
    is_moved: bool
    state: str

    @property
    def counts(self) -> bool:
        return self.state == "placed"


@dataclasses.dataclass(frozen=True)
class Sent:
    """What a request contains of an order."""

    total: str
    is_moved: bool
    kind: str


@dataclasses.dataclass(frozen=True)
class Names:
    """The names that an API uses, and its settings."""

    key: str
    total: str
    time: str
    others: dict[str, str]  # columns that it asks for, as SQL
    values: dict[str, str]  # of connector.yml
    policies: dict[str, tuple[str, ...]]


CANCELLING = ("take_back", "report", "send")
NAMES = {
    "northbeam": Names(
        "order_id",
        "purchase_total",
        "time_of_purchase",
        {"customer_id": "order_id", "order_tags": "['web']"},
        {"api_key": "${NORTHBEAM_API_KEY}", "client_id": "${NORTHBEAM_CLIENT_ID}"},
        {
            "on_removed": ("report", "cancel"),
            "on_cancelled": CANCELLING,
            "on_identity_change": ("send", "freeze"),
        },
    ),
    "triple_whale": Names(
        "order_id",
        "order_revenue",
        "created_at",
        {},
        {"api_key": "${TRIPLE_WHALE_API_KEY}", "shop": "gifts.example"},
        {
            "on_removed": ("report", "void"),
            "on_cancelled": CANCELLING,
            "on_identity_change": ("keep", "replace"),
        },
    ),
    "yespo": Names(
        "externalOrderId",
        "totalCost",
        "date",
        {"status": "'IN_PROGRESS'"},
        {"api_key": "${YESPO_API_KEY}"},
        {"on_removed": ("report", "cancel", "delete"), "on_cancelled": CANCELLING},
    ),
}


@functools.cache
def small_contract(name: str) -> Contract:
    """A contract with few fields and small batches, so that a run is quick."""
    real, names = contracts()[name], NAMES[name]
    schema = yaml.safe_load(real.path.read_text())
    for key in ("x-rules", "allOf", "x-closed", "x-budget", *ELSEWHERE):
        schema.pop(key, None)
    columns = schema["x-columns"]["orders"]
    schema["x-columns"] = {"orders": {n: columns[n] for n in ("_changed_at", "_lifecycle")}}
    schema["x-removal"].pop("flag", None)
    schema["x-identity"] = [names.time] if "x-identity" in schema else []
    if "x-steady" in schema:
        schema["x-steady"] = {names.time: 3600}
        schema["x-removal"]["actions"]["cancel"] = {
            "set": {names.total: 0},
            "append": {"order_tags": "cancelled"},
        }
    kept = {names.key, names.total, names.time, *names.others}
    kept |= {
        member
        for action in schema["x-removal"]["actions"].values()
        for member in action.get("set", {})
    }
    schema["required"] = [name for name in schema["required"] if name in kept]
    schema["properties"] = {n: f for n, f in schema["properties"].items() if n in kept}
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "contract.yml"
        path.write_text(yaml.safe_dump(schema))
        # Its place tells whose answers these are.
        return dataclasses.replace(load(path), path=real.path, max_orders=ORDERS_A_BATCH)


def first_placed_at(order: str) -> datetime:
    """Later numbers are older orders."""
    return datetime(2026, 1, 28 - int(order[-2:]), 10, tzinfo=UTC)


def write_view(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    view: dict[str, Row],
    stamps: dict[str, int],
) -> None:
    """Make the warehouse anew with these orders; stamps are days, by order."""
    names = NAMES[name]
    path.unlink(missing_ok=True)
    connection.execute("attach $path as oms", {"path": str(path)})
    connection.execute(
        "create table oms.raw (order_id varchar, placed_at timestamptz, total decimal(18, 2), "
        "state varchar, _changed_at timestamptz)"
    )
    if view:
        rows = [_values(order, row, stamps[order]) for order, row in view.items()]
        connection.executemany("insert into oms.raw values (?, ?, ?, ?, ?)", rows)
    columns = {names.key: "order_id", names.time: "placed_at", names.total: "total"}
    columns |= {**names.others, "_lifecycle": "state", "_changed_at": "_changed_at"}
    select = ", ".join(f'{sql} as "{column}"' for column, sql in columns.items())
    connection.execute(f"create table oms.{name}__orders as select {select} from oms.raw")
    connection.execute("detach oms")


def _values(order: str, row: Row, day: int) -> tuple[Any, ...]:
    placed_at = first_placed_at(order) + MOVED * row.is_moved
    stamped_at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return order, placed_at, TOTALS[row.total], row.state, stamped_at


@dataclasses.dataclass
class Memory:
    """What the ledger says: orders by outcome, and those in doubt."""

    delivered: set[str] = dataclasses.field(default_factory=set)
    refused: set[str] = dataclasses.field(default_factory=set)
    removed: set[str] = dataclasses.field(default_factory=set)
    removal_refused: set[str] = dataclasses.field(default_factory=set)
    in_doubt: set[str] = dataclasses.field(default_factory=set)

    @property
    def known(self) -> set[str]:
        """The orders that were sent, as far as the ledger knows."""
        return self.delivered | self.removed | self.in_doubt


def remembered(connection: duckdb.DuckDBPyConnection) -> Memory:
    """Read the ledger; an order has at most one row of an outcome."""
    rows = connection.execute(
        "select order_id, outcome from ledger.current union all by name "
        "select distinct order_id, 'in_doubt' as outcome from ledger.in_doubt"
    ).fetchall()
    assert len(set(rows)) == len(rows), "an order has one outcome twice"
    memory = Memory()
    for order, outcome in rows:
        getattr(memory, outcome).add(order)
    return memory


@dataclasses.dataclass
class Record:
    """What is kept of an order under one identity, and by which request."""

    sent: Sent
    number: int


class Records(Destination):
    """Keeps records and counts events; says what was wrong about them.

    `answered` is what an answer has told of each order last, `unanswered` are the orders of
    requests since then of which nothing is known.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self._names = name, NAMES[name]
        self.takes_the_rest = name != "northbeam"
        self.records: dict[tuple[str, bool], Record] = {}
        self.answered: dict[str, Sent] = {}
        self.unanswered: set[str] = set()
        self.copied: set[tuple[str, bool]] = set()  # live records when the ledger was copied
        self.strangers: dict[tuple[str, bool], Record] = {}
        self.excused: set[str] = set()  # in this run, by unnecessary requests

    def live(self, order: str) -> list[Sent]:
        return [self.records[key].sent for key in sorted(self.live_keys()) if key[0] == order]

    def live_keys(self) -> set[tuple[str, bool]]:
        return {key for key, record in self.records.items() if record.sent.kind == LIVE}

    def note_copy(self) -> None:
        """The copy knows all live records that the ledger knows."""
        self.copied = {key for key in self.live_keys() if not self.is_strange(key)}

    def forget(self) -> None:
        """A restored ledger knows nothing of what was sent after the copy was made."""
        self.answered.clear()
        self.unanswered |= set(ORDERS)
        self.strangers = {key: self.records[key] for key in self.live_keys() - self.copied}

    def is_strange(self, key: tuple[str, bool]) -> bool:
        """Whether a record is unknown to the ledger, and therefore stays untouched."""
        return key in self.strangers and self.strangers[key] is self.records[key]

    def has_stranger(self, order: str) -> bool:
        return any(self.is_strange(key) for key in self.live_keys() if key[0] == order)

    def read(self, body: bytes) -> dict[str, Sent]:
        if not body.startswith((b"[", b"{")):  # to be deleted by its id
            return {body.decode(): Sent("", False, DELETED)}
        parsed = json.loads(body, parse_float=Decimal)
        listed = parsed if isinstance(parsed, list) else parsed["orders"]
        orders = {each[self._names.key]: self._sent(each) for each in listed}
        assert len(orders) == len(listed), "an order is in the request twice"
        self.judge(orders)
        return orders

    def _sent(self, order: dict[str, Any]) -> Sent:
        names = self._names
        moved = datetime.fromisoformat(order[names.time]) - first_placed_at(order[names.key])
        assert moved in {MOVED, MOVED * 0}
        back = {
            "northbeam": order.get("order_tags") == ["web", "cancelled"],
            "triple_whale": order.get("void") is True,
            "yespo": order.get("status") == "CANCELLED",
        }
        total = Decimal(str(order[names.total]))
        (known,) = [t for t, text in TOTALS.items() if Decimal(text) == total] or [""]
        assert (known == "") == (self.name == "northbeam" and back[self.name])
        return Sent(known, moved == MOVED, BACK if back[self.name] else LIVE)

    def judge(self, orders: dict[str, Sent]) -> None:
        """An order is sent unnecessarily if the last answer confirmed the same content."""
        for order, sent in orders.items():
            is_certain = order not in self.unanswered | self.excused
            if is_certain and self.answered.get(order) == sent:
                self.wrongs.append(f"P6: {order} was sent as {sent} without need")
        self.unanswered |= orders.keys()

    def store(self, order: str, content: Sent, number: int) -> None:
        identity = content.is_moved and self.name == "triple_whale"
        kept = self.records.get((order, identity), Record(content, 0))
        if kept.number > number and kept.sent != content:
            self.wrongs.append(f"P2: {order} was {kept.sent} and is {content}, which was late")
        self.records[order, identity] = Record(content, number)
        if len(self.live(order)) > 1 and not self.has_stranger(order):
            self.wrongs.append(f"{order} has two live records")

    def _acknowledge(self, orders: Orders) -> None:
        super()._acknowledge(orders)
        self.answered |= orders
        self.unanswered -= orders.keys()

    def taken(self) -> Response:
        return Response(200, JSON, b'{"success": true}' if self.name == "triple_whale" else b"{}")

    def named(self, orders: Orders) -> Response:
        if self.name == "yespo":
            failed = [{"order": {self._names.key: order}, "error": "poison"} for order in orders]
            return Response(200, JSON, json.dumps({"failedOrders": failed}).encode())
        if self.name == "triple_whale":
            errors = [{"order_id": order, "error": "poison"} for order in orders]
            body = {"success": False, "message": "Validation errors", "errors": errors}
            return Response(400, JSON, json.dumps(body).encode())
        listed = json.dumps([{"order_id": order, "message": "poison"} for order in orders])
        return Response(400, JSON, json.dumps({"status": 400, "response": listed}).encode())

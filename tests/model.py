"""The small model that the connector is held to: a warehouse, two destinations, what each knows."""

import dataclasses
import functools
import hashlib
import json
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from connector.contract.contract import Contract, load
from connector.destinations import contracts
from connector.http.answer import Answer, Outcome, Response
from connector.ledger.ledger import Ledger

ORDERS = tuple(f"order-{number:02}" for number in range(12))
# What an order may hold: its total, and how many of each product. The last two are invalid.
CONTENTS = {
    "A": ("10.00", (("tea", 1),)),
    "B": ("12.50", (("tea", 1),)),
    "C": ("10.00", (("tea", 1), ("mug", 2))),
    "negative": ("-1.00", (("tea", 1),)),
    "without products": ("10.00", ()),
}
VALID = ("A", "B", "C")
ORDERS_A_BATCH = 3
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


class Killed(BaseException):
    """The process died here."""


@functools.cache
def small_contract() -> Contract:
    """Northbeam's contract with few fields and small batches, so that a run is quick."""
    real = contracts()["northbeam"]
    schema = yaml.safe_load(real.path.read_text())
    for key in (
        "x-rules",
        "allOf",
        "x-removal",
        "x-steady",
        "x-lifecycle",
        "x-tells",
        "x-read-back",
    ):
        del schema[key]
    schema["x-columns"] = {"orders": {"_changed_at": {"type": "string", "format": "date-time"}}}
    schema["required"] = [name for name in schema["required"] if name in _KEPT]
    schema["properties"] = {n: f for n, f in schema["properties"].items() if n in _KEPT}
    items = schema["properties"]["products"]["items"]
    items["required"] = ["id", "quantity"]
    items["properties"] = {name: items["properties"][name] for name in items["required"]}
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "contract.yml"
        path.write_text(yaml.safe_dump(schema))
        # Its place tells whose answers these are.
        return dataclasses.replace(load(path), path=real.path, max_orders=ORDERS_A_BATCH)


def placed_at(order_id: str) -> str:
    """Later numbers are older orders."""
    return f"2026-01-{28 - int(order_id[-2:]):02}T10:00:00Z"


def payload(order_id: str, content: Content) -> dict[str, Any]:
    """What the destination must get for a valid order."""
    total, products = CONTENTS[content]
    return {
        "order_id": order_id,
        "customer_id": f"customer of {order_id}",
        "time_of_purchase": placed_at(order_id),
        "purchase_total": Decimal(total),
        "products": [{"id": name, "quantity": quantity} for name, quantity in products],
    }


def content_of(order: dict[str, Any]) -> Content:
    """The content that an order as received holds; fails for one that no view ever had."""
    (found,) = [name for name in VALID if payload(order["order_id"], name) == order]
    return found


# How the views are laid out. None of it changes what is sent.
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
    """What the ledger says of one environment."""

    delivered: Contents = dataclasses.field(default_factory=dict)
    refused: Contents = dataclasses.field(default_factory=dict)
    in_doubt: set[str] = dataclasses.field(default_factory=set)


def remembered(
    connection: duckdb.DuckDBPyConnection, environment: str, prints: dict[int, tuple[str, Content]]
) -> Memory:
    """Read the ledger; `prints` tells which order and content a payload's md5 is of."""
    memory = Memory()
    rows = connection.execute(
        "select order_id, outcome, payload_md5 from ledger.current "
        "where environment = $environment union all by name "
        "select distinct order_id, 'in_doubt' as outcome from ledger.in_doubt "
        "where environment = $environment",
        {"environment": environment},
    ).fetchall()
    for order, outcome, md5 in rows:
        if outcome == "in_doubt":
            memory.in_doubt.add(order)
            continue
        contents = getattr(memory, outcome)
        assert order not in contents, f"{order} is {outcome} twice"
        owner, contents[order] = prints[md5]
        assert owner == order
    return memory


class MortalLedger(Ledger):
    """The real ledger, of a process that dies before or after its n-th transaction."""

    def __init__(
        self, ledger: Ledger, death: tuple[int, str] | None, die: Callable[[], None]
    ) -> None:
        super().__init__(ledger._connection, ledger.path)  # noqa: SLF001 - the same ledger
        self._death, self._die, self._transactions = death, die, 0

    def transact(self, sql: str, **values: Any) -> None:
        self._transactions += 1
        self._perhaps_die("before")
        super().transact(sql, **values)
        self._perhaps_die("after")

    def _perhaps_die(self, moment: str) -> None:
        if self._death == (self._transactions, moment):
            self._die()


@dataclasses.dataclass
class Log:
    """What one run did to a destination; `acknowledged` and `refused` are what it was told."""

    requests: list[tuple[str, ...]] = dataclasses.field(default_factory=list)
    bytes: int = 0
    statuses: list[int | None] = dataclasses.field(default_factory=list)
    written: list[tuple[str, Content]] = dataclasses.field(default_factory=list)
    acknowledged: Contents = dataclasses.field(default_factory=dict)
    refused: Contents = dataclasses.field(default_factory=dict)
    in_doubt: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class Script:
    """What a run meets: a fault for each request, none when they are used up."""

    faults: tuple[str, ...] = ()
    die: Callable[[], None] = lambda: None
    interrupt: Callable[[], None] = lambda: None


class Destination:
    """Stands in for `Transport`: keeps the orders it is sent, and goes wrong as it is told."""

    def __init__(self) -> None:
        self.stored: Contents = {}
        self.poison: dict[tuple[str, Content], bool] = {}  # whether it is refused by name
        self.prints: dict[int, tuple[str, Content]] = {}
        self.turn = threading.Event()
        self.begin(Script())

    def begin(self, script: Script) -> None:
        """Start a run."""
        self.log, self._script, self._faults = Log(), script, list(script.faults)
        self._late: list[Contents] = []
        self._last: bytes | None = None
        self.is_dead = False
        self.turn.clear()

    def end(self) -> None:
        """Deliver what the network held back until the end of the run."""
        for orders in self._late:
            self._write(orders)
        self._late.clear()

    def post(self, body: bytes) -> Response | Answer:
        """Take a request once the last answer is on record, so that a run repeats."""
        if body != self._last:
            self.turn.wait()
            self.turn.clear()
        if self.is_dead:
            raise Killed
        self._last = body
        orders = self._read(body)
        self.log.requests.append(tuple(orders))
        self.log.bytes += len(body)
        fault = self._faults.pop(0) if self._faults else "none"
        self.end()
        answer = getattr(self, f"_{fault.replace(' ', '_')}")(orders)
        self._note(orders, answer)
        return answer

    def _read(self, body: bytes) -> Contents:
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
        assert 0 < len(orders) <= ORDERS_A_BATCH
        return orders

    def _write(self, orders: Contents) -> None:
        self.stored |= orders
        self.log.written.extend(orders.items())

    def _note(self, orders: Contents, answer: Response | Answer) -> None:
        self.log.statuses.append(answer.status)
        if isinstance(answer, Answer):
            self.log.in_doubt |= orders.keys() if answer.in_doubt else set()
        elif answer.status == 500 or answer.content_type == "text/html":
            self.log.in_doubt |= orders.keys()
        elif answer.status == 200:
            self.log.acknowledged |= orders
        elif answer.status in {400, 413} and len(orders) == 1:
            self.log.refused |= orders

    # The faults. A poisoned request is never stored, whatever else goes wrong with it.

    def _none(self, orders: Contents) -> Response:
        named = {o: c for o, c in orders.items() if self.poison.get((o, c))}
        if named:
            return self._refusal(named)
        if not self._take(orders):
            return Response(400, "text/plain", b"the call cannot be processed")
        return Response(200, "application/json", b'{"message": "Orders received"}')

    def _take(self, orders: Contents) -> bool:
        if any(order in self.poison for order in orders.items()):
            return False
        self._write(orders)
        return True

    def _refusal(self, named: Contents) -> Response:
        self.log.refused |= {order: content for order, content in named.items() if order in ORDERS}
        errors = [{"order_id": order, "message": "poison", "json_path": "$"} for order in named]
        body = {"status": 400, "response": json.dumps(errors)}
        return Response(400, "application/json", json.dumps(body).encode())

    def _lost(self, orders: Contents) -> Answer:  # noqa: ARG002
        return Answer(Outcome.RETRY, None, "no complete answer", in_doubt=True)

    def _no_connection(self, orders: Contents) -> Answer:  # noqa: ARG002
        return Answer(Outcome.RETRY, None, "no connection")

    def _stored_and_lost(self, orders: Contents) -> Answer:
        self._take(orders)
        return self._lost(orders)

    def _half_stored_and_lost(self, orders: Contents) -> Answer:
        self._take(dict(list(orders.items())[: len(orders) // 2]))
        return self._lost(orders)

    def _delayed(self, orders: Contents) -> Answer:
        if not any(order in self.poison for order in orders.items()):
            self._late.append(orders)
        return self._lost(orders)

    def _twice(self, orders: Contents) -> Response:
        self._none(orders)
        return self._none(orders)

    def _500(self, orders: Contents) -> Response:  # noqa: ARG002
        return Response(500, "text/plain", b"oh")

    def _500_but_stored(self, orders: Contents) -> Response:
        self._take(orders)
        return self._500(orders)

    def _html_but_stored(self, orders: Contents) -> Response:
        self._take(orders)
        return Response(200, "text/html", b"<html>welcome</html>")

    def _429(self, orders: Contents) -> Response:  # noqa: ARG002
        return Response(429, "text/plain", b"slower", retry_after=0.0)

    def _413(self, orders: Contents) -> Response:  # noqa: ARG002
        return Response(413, "text/plain", b"less")

    def _401(self, orders: Contents) -> Response:  # noqa: ARG002
        return Response(401, "text/plain", b"who")

    def _404(self, orders: Contents) -> Response:  # noqa: ARG002
        return Response(404, "text/plain", b"where")

    def _400(self, orders: Contents) -> Response:  # noqa: ARG002
        return Response(400, "text/plain", b"what")

    def _400_of_the_first(self, orders: Contents) -> Response:
        return self._refusal(dict(list(orders.items())[:1]))

    def _400_of_a_stranger(self, orders: Contents) -> Response:  # noqa: ARG002
        return self._refusal({"nobody": "A"})

    def _interrupted(self, orders: Contents) -> Response:
        self._script.interrupt()
        return self._none(orders)

    def _killed_before(self, orders: Contents) -> Response:  # noqa: ARG002
        self._script.die()
        raise AssertionError

    def _killed_after(self, orders: Contents) -> Response:
        self._take(orders)
        return self._killed_before(orders)


FAULTS = (
    "none",
    "lost",
    "no connection",
    "stored and lost",
    "half stored and lost",
    "delayed",
    "twice",
    "500",
    "500 but stored",
    "html but stored",
    "429",
    "413",
    "401",
    "404",
    "400",
    "400 of the first",
    "400 of a stranger",
    "interrupted",
    "killed before",
    "killed after",
)

"""Finds what a destination must be sent: snapshot, diff, judge, render, pack; all of it in SQL.

Tables left in `work` (one connection, one plan at a time):
    snapshot    order_id, row_hash                                 every order of the view
    changes     … change (added, changed, in_doubt), state         against the ledger
    violations  order_id, number; checks: number, rule, …          of the orders judged
    settled     … verdict (planned, unchanged, refused_before, …)  of the orders rendered
    planned     position, batch, order_id, payload, …              to be sent, oldest first
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb

from connector import snapshot
from connector.budget import batch_bytes
from connector.compile import created, judge, render
from connector.compile.check import Check
from connector.contract import Contract
from connector.errors import ModelError
from connector.ledger import Scope
from connector.project import Warehouse
from connector.removals import Removals
from connector.settings import Destination
from connector.sql import statement
from connector.warehouse import Views, attached, views

NO_LIMIT = 1 << 60  # orders


@dataclass(frozen=True, slots=True)
class Choice:
    """Which orders a run considers: all, or some by id.

    `full` sends unchanged ones too, `retry` sends dead letters, `unguarded` sends however many,
    `allow_side_effects` even where that messages customers.
    """

    full: bool = False
    limit: int | None = None
    order_ids: tuple[str, ...] = ()
    retry: bool = False
    unguarded: bool = False
    allow_side_effects: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The counts of a plan, in orders but for `batches` and `bytes`."""

    orders: int
    added: int
    changed: int
    in_doubt: int
    unchanged: int
    removed: int
    invalid: int
    warned: int
    refused_before: int
    planned: int
    batches: int
    bytes: int
    known: int  # delivered before, for the guards
    resent: int  # of those, to be sent again
    spoiled: int  # of those, invalid now
    removals: int  # to be given up by the destination
    unremembered: int  # gone, but nobody knows any more what was sent of them
    examples: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Planner:
    """Plans one destination on one connection."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract, destination: Destination
    ) -> None:
        """Start with empty tables."""
        self._connection = connection
        self._contract = contract
        self._destination = destination
        self.scope = Scope(contract.destination, destination.scope)
        self._columns: dict[str, tuple[str, ...]] = {}
        self.removals = Removals(connection, contract, destination)
        self._run("work")

    def plan(self, warehouse: Warehouse, choice: Choice) -> Plan:
        """Make the plan; the warehouse is free again before anything is judged."""
        with self._reading(warehouse) as found:
            self._choose(choice)
            self._run("diff", **self.scope.values(), full=choice.full)
            self._copy(found, "select order_id from work.changes where state = 'candidate'")
        self.judge()
        self.render()
        self._pack(choice)
        everything = not (choice.order_ids or choice.retry)
        self.removals.plan(self.scope, everything=everything, max_bytes=self._max_bytes())
        return self._counts()

    def stage(self, warehouse: Warehouse, order_id: str | None = None) -> int:
        """Stage all orders, or one, without the ledger; returns how many there are."""
        with self._reading(warehouse) as found:
            self._run("asked", order_id=order_id)
            self._copy(found, "select order_id from work.asked")
        return int(self._rows("select count(*) from work.asked")[0][0])

    def judge(self) -> None:
        """Fill `work.violations` and `work.invalid` for the staged orders."""
        checks, selects = judge.compiled(self._contract, self._destination.policy)
        checks.append(self._size_check())
        names = ("rule", "field", "severity", "message")
        facts = {name: [getattr(check, name) for check in checks] for name in names}
        self._run("checks", numbers=list(range(len(checks))), **facts)
        for select in selects:
            self._execute(f"insert into work.violations {select}")
        self._run("invalid")

    def render(self) -> None:
        """Make `work.payloads` (order_id, payload, payload_md5) of the valid staged orders."""
        payloads = render.hashed(self._contract, self._columns, self._destination.policy)
        self._execute(created("work", "payloads", payloads))
        self._execute(created("work", "ranked", render.ranked(self._contract)))

    def judged(self) -> tuple[int, int]:
        """Return how many of the staged orders are invalid, and how many others have warnings."""
        invalid, warned = self._rows(statement("judged"))[0]
        return int(invalid), int(warned)

    @contextmanager
    def _reading(self, warehouse: Warehouse) -> Iterator[Views]:
        """Yield the views with their snapshot taken, for as long as the warehouse is attached."""
        renames = dict(self._destination.models)
        with attached(self._connection, warehouse):
            found = views(self._connection, self._contract, warehouse, renames)
            self._columns = found.columns
            snapshot.take(self._connection, self._contract, found, self._destination.policy)
            yield found

    def _choose(self, choice: Choice) -> None:
        """Note which orders the run is limited to; raises ModelError for an id that cannot be."""
        ids = list(dict.fromkeys(choice.order_ids))
        self._execute("insert into work.chosen select unnest($ids)", ids=ids)
        if choice.retry:
            self._run("retried", **self.scope.values(), everything=not ids)
        unknown = self._rows(statement("unknown"), retry=choice.retry)
        if unknown:
            where = "among the refused orders" if choice.retry else "in the view"
            order = f"{self.scope.destination}: order {unknown[0][0]!r}"
            raise ModelError(f"{order} is not {where}, so nothing was sent; check the id")
        if choice.retry and not ids:
            self._execute("insert into work.chosen select order_id from work.retried")

    def _copy(self, found: Views, order_ids: str) -> None:
        snapshot.copy(self._connection, self._contract, found, order_ids)
        if self._destination.remembers(self._contract):
            remembered = statement("memory") + f" and order_id in ({order_ids})"
            self._execute(remembered, **self.scope.values())

    def _size_check(self) -> Check:
        limit = f"{self._contract.max_bytes:,} bytes of a request"
        message = f"the order is larger than the {limit}; shorten its texts or lists"
        return Check("order.bytes", self._contract.orders.name, "", "error", message, "")

    def _pack(self, choice: Choice) -> None:
        """Settle what is sent, and make the batches."""
        contract, max_bytes = self._contract, self._max_bytes()
        everything = not (choice.order_ids or choice.retry)
        self._run("settle", full=choice.full, max_bytes=max_bytes, everything=everything)
        self._run("oversized")
        limit = choice.limit or NO_LIMIT
        max_bytes = batch_bytes(max_bytes, self._destination.budget(contract))
        self._run("pack", max_bytes=max_bytes, max_orders=contract.max_orders, limit=limit)
        self._run("unplanned")

    def _max_bytes(self) -> int:
        """Return how many bytes the orders of a body may have, with a comma between them."""
        around = self._destination.envelope(self._contract)
        return self._contract.max_bytes - sum(len(text.encode()) for text in around)

    def _counts(self) -> Plan:
        values = {**self.scope.values(), "around": self._contract.max_bytes - self._max_bytes()}
        row = self._connection.execute(statement("counts"), values)
        names = [column[0] for column in row.description]
        values = dict(zip(names, row.fetchone() or (), strict=True))
        examples = {
            kind: [row[0] for row in self._rows(statement("examples"), kind=kind)]
            for kind in ("added", "changed", "in_doubt", "invalid")
        }
        return Plan(**values, examples=examples)

    def _run(self, name: str, **values: Any) -> None:
        self._execute(statement(name), **values)

    def _execute(self, sql: str, **values: Any) -> None:
        self._connection.execute(sql, values or None)

    def _rows(self, sql: str, **values: Any) -> list[Any]:
        return self._connection.execute(sql, values or None).fetchall()

"""Finds what a destination must be sent: snapshot, diff, judge, render, pack; all of it in SQL.

Tables left in `work` (one connection, one plan at a time):
    snapshot    order_id, row_hash                                   every order of the view
    changes     … change (added, changed, in_doubt), state            against the ledger
    violations  order_id, number; checks: number, rule, …             of the orders judged
    settled     … verdict (planned, unchanged, refused_before, …)     of the orders rendered
    planned     position, batch, order_id, payload, …                 what will be sent, oldest first
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb

from connector.compile import judge, quote, render, stage
from connector.compile.judge import Check
from connector.config import Destination
from connector.contract import Contract, Entity
from connector.errors import ModelError
from connector.ledger import Scope
from connector.project import Warehouse
from connector.sql import statement
from connector.warehouse import Views, attached, views

ENVELOPE = 2  # bytes around the orders of a body: the brackets of the array


@dataclass(frozen=True, slots=True)
class Choice:
    """Which orders a run considers: all, or some by id; `full` sends unchanged ones too, `retry` sends dead letters."""

    full: bool = False
    limit: int | None = None
    order_ids: tuple[str, ...] = ()
    retry: bool = False


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
        self._run("work")

    def plan(self, warehouse: Warehouse, choice: Choice) -> Plan:
        """Make the plan; the warehouse is free again before anything is judged."""
        with self._reading(warehouse) as found:
            self._snapshot(found)
            self._choose(choice)
            self._run("diff", **self.scope.values(), full=choice.full)
            self._stage(found, "select order_id from work.changes where state = 'candidate'")
        self.judge()
        self.render()
        limit = self._contract.max_bytes - ENVELOPE
        everything = not (choice.order_ids or choice.retry)
        self._run("settle", full=choice.full, max_bytes=limit, everything=everything)
        self._judge_sizes()
        self._run(
            "pack",
            max_bytes=limit,
            max_orders=self._contract.max_orders,
            limit=choice.limit or 1 << 60,
        )
        return self._counts()

    def stage(self, warehouse: Warehouse, order_id: str | None = None) -> int:
        """Stage all orders, or one, without the ledger; returns how many there are."""
        with self._reading(warehouse) as found:
            self._snapshot(found)
            chosen = (
                "select order_id from work.snapshot where $order_id is null or order_id = $order_id"
            )
            self._execute(f"create table work.asked as {chosen}", order_id=order_id)
            self._stage(found, "select order_id from work.asked")
        return int(self._value("select count(*) from work.asked"))

    def judge(self) -> None:
        """Fill `work.violations` and `work.invalid` for the staged orders."""
        rows, lists, rules = (
            judge.checks(self._contract),
            judge.list_checks(self._contract),
            judge.rule_checks(self._contract),
        )
        everything = list(enumerate([*rows, *lists, *rules, self._size_check()]))
        facts = [(number, c.rule, c.field, c.severity, c.message) for number, c in everything]
        self._connection.executemany("insert into work.checks values (?, ?, ?, ?, ?)", facts)
        for entity in self._contract.entities():
            own = [
                (number, check)
                for number, check in everything[: len(rows)]
                if check.entity == entity.name
            ]
            self._violations(judge.violations(self._contract, own))
        for number, check in everything[len(rows) : len(rows) + len(lists)]:
            self._violations(judge.list_violations(self._contract, number, check))
        for number, check in everything[len(rows) + len(lists) : -1]:
            self._violations(judge.rule_violations(self._contract, number, check))
        self._run("invalid")

    def render(self) -> None:
        """Fill `work.payloads` (order_id, payload, payload_md5) for the staged orders that are not invalid."""
        sql = render.payloads(self._contract, self._columns)
        self._execute(
            f"create table work.payloads as select *, md5_number(payload) as payload_md5 from ({sql})"
        )
        self._execute(
            f"create table work.ranked as select {quote(self._contract.key)} as order_id, "
            f"row_number() over (order by {quote(self._contract.order_by)}, order_id) as position "
            f"from staged.{quote(self._contract.orders.name)}"
        )

    def judged(self) -> tuple[int, int]:
        """Return how many of the staged orders are invalid, and how many others have warnings."""
        warned = self._value(
            "select count(distinct order_id) from work.violations "
            "where order_id not in (select order_id from work.invalid)"
        )
        return int(self._value("select count(*) from work.invalid")), int(warned)

    @contextmanager
    def _reading(self, warehouse: Warehouse) -> Iterator[Views]:
        with attached(self._connection, warehouse):
            found = views(
                self._connection, self._contract, warehouse, dict(self._destination.models)
            )
            self._columns = found.columns
            yield found

    def _snapshot(self, found: Views) -> None:
        tables = {}
        for name, sql in stage.fingerprints(self._contract, found.relations, found.columns).items():
            tables[name] = f"work.{quote('fingerprint_' + name)}"
            self._execute(f"create table {tables[name]} as {sql}")
        sql = stage.snapshot(self._contract, found.relations, found.columns, tables)
        self._execute(f"create table work.snapshot as {sql}", salt=self._salt(found))
        self._check_keys(found)
        for entity in self._contract.entities():
            if entity.name in tables:
                self._check_parents(found, entity, tables[entity.name])

    def _salt(self, found: Views) -> str:
        """Return a text that changes whenever equal rows would get another hash or another payload."""
        text = duckdb.__version__ + render.payloads(self._contract, found.columns)
        return hashlib.sha256(text.encode()).hexdigest()

    def _check_keys(self, found: Views) -> None:
        model = f"{found.models[self._contract.orders.name]}.{self._contract.key}"
        rows = self._rows(
            "select order_id, count(*) from work.snapshot group by order_id "
            "having count(*) > 1 or order_id is null order by order_id limit 4"
        )
        if not rows:
            return
        if any(order_id is None for order_id, _ in rows):
            message = f"{model} is null in {next(n for i, n in rows if i is None)} rows; give every order its id"
            raise ModelError(message)
        ids = ", ".join(str(order_id) for order_id, _ in rows[:3])
        message = f"{model} is not unique, for example {ids}; keep one row an order in the model"
        raise ModelError(message)

    def _check_parents(self, found: Views, entity: Entity, table: str) -> None:
        key = quote(self._contract.key)
        sql = (
            f"from {table} where {key} is null or {key} not in (select order_id from work.snapshot)"
        )
        count = self._value(f"select count(*) {sql}")
        if count:
            ids = ", ".join(
                str(row[0]) for row in self._rows(f"select {key} {sql} order by 1 limit 3")
            )
            parent = found.models[self._contract.orders.name]
            message = (
                f"{found.models[entity.name]} has rows of {count} orders that {parent} lacks, for example {ids}; "
                "join the model with the orders"
            )
            raise ModelError(message)

    def _choose(self, choice: Choice) -> None:
        ids = [(order_id,) for order_id in choice.order_ids]
        if ids:
            self._connection.executemany("insert into work.chosen values (?)", ids)
        if choice.retry:
            self._run("retried", **self.scope.values(), everything=not ids)
            self._execute("insert into work.chosen select order_id from work.retried")

    def _stage(self, found: Views, ids: str) -> None:
        key = quote(self._contract.key)
        for entity in self._contract.entities():
            sql = stage.staged(entity, found.relations.get(entity.name), found.columns)
            self._execute(
                f"create table staged.{quote(entity.name)} as from ({sql}) where {key} in ({ids})"
            )

    def _violations(self, sql: str) -> None:
        self._execute(f"insert into work.violations {sql}")

    def _size_check(self) -> Check:
        message = f"the order is larger than the {self._contract.max_bytes:,} bytes of a request; shorten its texts or lists"
        return Check("order.bytes", self._contract.orders.name, "", "error", message, "")

    def _judge_sizes(self) -> None:
        self._violations(
            "select order_id, (select max(number) from work.checks) from work.settled where verdict = 'oversized'"
        )

    def _counts(self) -> Plan:
        row = self._connection.execute(statement("counts"), self.scope.values())
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

    def _value(self, sql: str, **values: Any) -> Any:
        return self._rows(sql, **values)[0][0]

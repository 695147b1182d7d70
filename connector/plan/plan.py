"""Finds what a destination must be sent: snapshot, diff, judge, settle; all of it in SQL.

One connection makes one plan at a time; `tables.sql` says what its tables hold.
Payloads are rendered while they are sent; before that, those whose verdict needs their bytes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import duckdb

from connector.compile import Columns, created
from connector.compile.judging.check import size_check
from connector.compile.rendering import render
from connector.contract.contract import Contract
from connector.payloads.chunks import Chunks, measure
from connector.payloads.late import OnWire
from connector.payloads.recipe import Recipe, max_order_bytes, recipe
from connector.payloads.renderers import renderers
from connector.plan import completeness, diff, judging, spill_tables, tables
from connector.plan.candidates import Candidates, copied
from connector.plan.choice import Choice, Plan
from connector.plan.chosen import check, choose
from connector.plan.counts import counted, too_large
from connector.plan.scan import Scan, Scanner
from connector.plan.step import Step
from connector.plan.taking_back.removals import Removals
from connector.plan.taking_back.withdrawals import PLANNED, Withdrawals, warn_of_flag
from connector.settings.settings import Destination
from connector.source import snapshot
from connector.source.integrity import check_positions
from connector.source.opening import opened
from connector.source.project import Warehouse
from connector.source.source import Source
from connector.sql import Statements, count, run

statement = Statements(__file__)

NO_LIMIT = 1 << 60  # orders
RANKS = {
    "planned": "select rank from plan.planned where position between $start and $stop "
    "and change <> 'withdrawn'",
    "unsure": "select rank from plan.unsure where rank between $first and $last",
    "found": "select rank from plan.planned where change <> 'withdrawn' "
    "and order_id in (select order_id from work.records)",
}


class Planner:
    """Plans one destination on one connection."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract, destination: Destination
    ) -> None:
        """Take what is planned with; `plan` and `stage` make the tables anew."""
        self._connection = connection
        self._contract = contract
        self._destination = destination
        self.scope = destination.scope
        self._columns: Columns = {}
        self.announced: Sequence[str] = ()  # what is read differently from the views
        self._salt = ""  # of the row hashes
        self._found = Candidates()
        self._removals = Removals(connection, contract, destination)
        self._withdrawals = Withdrawals(connection, contract, destination)
        self._on_wire = OnWire(connection, destination, self.scope)
        self._scanner = Scanner(connection, contract, destination, self.scope)

    def plan(self, warehouse: Warehouse, choice: Choice) -> Plan:
        """Make the plan; the warehouse is free again before anything is judged."""
        self._clear()
        choose(self._connection, self.scope, choice)
        with self._reading(warehouse, choice) as (whole, source):
            check(self._connection, self.scope, choice)
            takes_back = self._withdrawals.takes_back
            diff.compare(self._connection, self.scope, takes_back=takes_back)
            self._copy(source)
            if self._found.orders:
                source.leave_out_changed(self._destination.policy, self._salt)
                given = (self._connection, self._contract, self._destination.models)
                check_positions(*given, self._found.staged.empty)
            known = self._scanner.gone()
            emptied = self._emptied(whole)
        self.judge()
        self._withdrawals.plan(self._columns, max_order_bytes(self._contract, self._destination))
        self._on_wire.find()
        statement.run(self._connection, "unsure", **self._removals.replacing())
        self._measure()
        statement.run(self._connection, "pack", limit=choice.limit or NO_LIMIT)
        if choice.records:
            run(self._connection, render.once(self.recipe("found").payloads), judging.ALL)
        self._removals.plan(choice)
        self._on_wire.postpone()
        self._removals.late = self._on_wire.among("work.removing_late")
        return replace(self._counts(known), emptied=emptied)

    def steps(self, plan: Plan) -> Iterator[Step]:
        """Yield what is sent, in this order; a step is made when the one before is finished."""
        yield from self._removals.steps(plan.removals)
        orders = count(self._connection, "plan.planned") if plan.removals else plan.planned
        yield Step(self.recipe(), orders, self._on_wire.among("work.postponed"))

    def finish(self, step: Step, run_id: int) -> None:
        """Take note of what a run did of a step; what it could not take back is not replaced."""
        if step.takes_back:
            self._removals.finish_step(run_id)

    @property
    def scan(self) -> Scan:
        """Return how the views were read."""
        return self._scanner.scan

    def survey(self, plan: Plan) -> Plan:
        """Render all that is planned without keeping it, to tell requests and bytes."""
        with renderers(self._connection, plan.planned) as threads:
            chunks = Chunks(threads, self.recipe(), plan.planned, with_bodies=False)
            for chunk in chunks:
                chunks.release(chunk)
        return self.rendered(plan, chunks.batches, chunks.bytes)

    def rendered(self, plan: Plan, batches: int, size: int) -> Plan:
        """Return the plan with what was not known before its orders were rendered."""
        large = too_large(self._connection)
        return replace(plan.without(large), batches=batches, bytes=size)

    def recipe(self, wanted: str = "planned") -> Recipe:
        """Return how `plan.planned`, of it those with `work.records`, or `plan.unsure` go."""
        policy, ranks = self._destination.policy, RANKS[wanted]
        payloads, successive = (
            render.payloads(self._contract, self._columns, policy, each, self._found.lists.crowded)
            for each in (ranks, "")
        )
        if wanted != "unsure" and self._withdrawals.orders:
            payloads = successive = f"{payloads} {PLANNED}"
        found = recipe(self._contract, self._destination, payloads, successive)
        return replace(found, rows=self._found.lists.rows)

    def stage(self, warehouse: Warehouse, order_id: str | None = None) -> int:
        """Stage all orders that are sent, or one, without the ledger; returns how many."""
        self._clear()
        with self._reading(warehouse, order_id=order_id) as (_, source):
            diff.ask(self._connection, self.scope, order_id)
            self._copy(source)
        return count(self._connection, "work.ranked")

    def judge(self) -> None:
        """Fill `work.violations` and `work.invalid` for the staged orders, and mend those."""
        given = (self._destination.policy, self._columns, self._found.staged)
        judging.judge(self._connection, self._contract, given, (size_check(self._contract),))

    def render(self) -> None:
        """Make `work.payloads` (order_id, payload) of all staged orders."""
        payloads = render.by_id(self._contract, self._columns, self._destination.policy)
        self._connection.execute(created("work", "payloads", payloads))

    def _clear(self) -> None:
        spill_tables.clear(self._connection)
        tables.make(self._connection)

    @contextmanager
    def _reading(
        self, warehouse: Warehouse, choice: Choice | None = None, order_id: str | None = None
    ) -> Iterator[tuple[Source, Source]]:
        """Yield the whole views, and those that are read, with their snapshot taken.

        With `order_id` only that order is read.
        """
        given = (self._connection, self._contract, warehouse, dict(self._destination.models))
        with opened(*given) as whole:
            self._columns, self._contract = whole.columns, whole.contract
            self.announced = whole.announced()
            warn_of_flag(self._contract, self._destination, whole.columns)
            wanted = whole if order_id is None else whole.of_order(order_id)
            with self._scanner.reading(wanted, choice) as source:
                policy = self._destination.policy
                self._salt = snapshot.take(self._connection, source, policy)
                spill_tables.provide(self._connection)
                yield whole, source

    def _copy(self, source: Source) -> None:
        self._found = copied(self._connection, self._contract, self._destination, source)

    def _emptied(self, whole: Source) -> list[str]:
        completeness.take(self._connection, self._contract, self._found.staged.empty)
        return [str(each) for each in completeness.emptied(self._connection, whole, self.scope)]

    def _measure(self) -> None:
        """Fill `work.rendered` and `work.oversized` for the orders whose verdict needs bytes."""
        orders = count(self._connection, "plan.unsure")
        if orders:
            with renderers(self._connection, orders) as threads:
                measure(threads, self.recipe("unsure"), orders)
            statement.run(self._connection, "oversized")

    def _counts(self, known: int) -> Plan:
        read = {"unread": self.scan.unread, "withheld": self.scan.withheld, "known": known}
        values = counted(self._connection, **read)
        values |= {"scan_reason": self.scan.reason, "newest_at": self._scanner.newest_at()}
        return Plan(**values, scan=self.scan.kind)

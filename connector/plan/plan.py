"""Finds what a destination must be sent: snapshot, diff, judge, settle; all of it in SQL.

One connection makes one plan at a time; `tables.sql` says what its tables hold.
Payloads are rendered while they are sent; before that, those whose verdict needs their bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import duckdb

from connector.compile import created
from connector.compile.judging.check import size_check
from connector.compile.rendering import render
from connector.contract.contract import Contract
from connector.payloads.late import OnWire
from connector.payloads.recipe import Recipe, max_order_bytes, recipe
from connector.plan import completeness, diff, judging, spill_tables, tables, windows
from connector.plan.candidates import Views
from connector.plan.choice import Choice, Plan
from connector.plan.chosen import check, choose
from connector.plan.columns import sample
from connector.plan.counts import counted, too_large
from connector.plan.scan import Scan, Scanner
from connector.plan.step import Step
from connector.plan.taking_back.removals import Removals
from connector.plan.taking_back.withdrawals import PLANNED, Withdrawals
from connector.settings.settings import Destination
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
        self._destination = destination
        self.scope = destination.scope
        self._removals = Removals(connection, contract, destination)
        self._withdrawals = Withdrawals(connection, contract, destination)
        self._on_wire = OnWire(connection, destination, self.scope)
        self._scanner = Scanner(connection, contract, destination, self.scope)
        self._views = Views(connection, contract, destination, self._scanner)
        self.windows = windows.Windows(connection)

    def plan(self, warehouse: Warehouse, choice: Choice, *, in_windows: bool = False) -> Plan:
        """Make the plan; the warehouse is free again before anything is judged.

        `in_windows` allows that most of a large first load is read later, see `window`.
        """
        self._clear()
        self.windows.clear()
        choose(self._connection, self.scope, choice)
        with self._views.reading(warehouse, choice) as (whole, source):
            check(self._connection, self.scope, choice)
            diff.remember(self._connection, self.scope)
            known = self._scanner.known()
            is_dividing = in_windows and choice.unlimited and self.scan.kind == "full"
            later = self.windows.divide(whole, self._views.orders - known) if is_dividing else 0
            takes_back = self._withdrawals.takes_back
            diff.compare(self._connection, takes_back=takes_back, is_divided=later > 0)
            self._scanner.gone(known, later)
            self._views.copy(source)
            emptied = self._emptied(whole)
        self._decide(choice)
        return replace(self._counts(known), emptied=emptied).beside(later)

    def window(self, warehouse: Warehouse) -> Plan:
        """Plan the next window; raises ConnectorError when the views cannot be read any more.

        `windows.left` counts the orders that remain.
        """
        self._clear()
        choose(self._connection, self.scope, windows.CHOICE)
        with self._views.opened(warehouse) as whole:
            self.windows.next()
            self._views.copy_window(whole)
            self._count_values()
        self._decide(windows.CHOICE)
        sample(self._connection, self._views.contract, self.scope)
        return self._counts(0)

    def _decide(self, choice: Choice) -> None:
        """Judge the candidates, and make what is sent of them."""
        self.judge()
        most = max_order_bytes(self._views.contract, self._destination)
        self._withdrawals.plan(self._views.columns, most)
        self._on_wire.find()
        statement.run(self._connection, "unsure", **self._removals.replacing())
        self._measure()
        statement.run(self._connection, "pack", limit=choice.limit or NO_LIMIT)
        if choice.records:
            run(self._connection, render.once(self.recipe("found").payloads), judging.ALL)
        self._removals.plan(choice)
        self._on_wire.postpone()
        self._removals.late = self._on_wire.among("work.removing_late")

    def steps(self, plan: Plan) -> Iterator[Step]:
        """Yield what is sent, in this order; a step is made when the one before is finished."""
        yield from self._removals.steps(plan.removals)
        planned = plan.planned - plan.later
        orders = count(self._connection, "plan.planned") if plan.removals else planned
        yield Step(self.recipe(), orders, self._on_wire.among("work.postponed"))

    def finish(self, step: Step, run_id: int) -> None:
        """Take note of what a run did of a step; what it could not take back is not replaced."""
        if step.takes_back:
            self._removals.finish_step(run_id)

    @property
    def announced(self) -> Sequence[str]:
        """Return what is read differently from the views."""
        return self._views.announced

    @property
    def scan(self) -> Scan:
        """Return how the views were read."""
        return self._scanner.scan

    def rendered(self, plan: Plan, batches: int, size: int) -> Plan:
        """Return the plan with what was not known before its orders were rendered."""
        large = too_large(self._connection)
        return replace(plan.without(large), batches=batches, bytes=size)

    def recipe(self, wanted: str = "planned") -> Recipe:
        """Return how `plan.planned`, of it those with `work.records`, or `plan.unsure` go."""
        payloads, successive = (self._views.payloads(each) for each in (RANKS[wanted], ""))
        if wanted != "unsure" and self._withdrawals.orders:
            payloads = successive = f"{payloads} {PLANNED}"
        found = recipe(self._views.contract, self._destination, payloads, successive)
        return replace(found, rows=self._views.found.lists.rows)

    def stage(self, warehouse: Warehouse, order_id: str | None = None) -> int:
        """Stage all orders that are sent, or one, without the ledger; returns how many."""
        self._clear()
        with self._views.reading(warehouse, order_id=order_id) as (_, source):
            diff.ask(self._connection, self.scope, order_id)
            self._views.stage(source)
        return count(self._connection, "work.ranked")

    def judge(self) -> None:
        """Fill `work.violations` and `work.invalid` for the staged orders, and mend those."""
        contract, given = self._views.contract, self._views.given()
        checks = (size_check(contract),)
        judging.judge(self._connection, contract, given, self._views.found.orders, checks)

    def render(self) -> None:
        """Make `work.payloads` (order_id, payload) of all staged orders."""
        payloads = render.by_id(self._views.contract, self._views.columns, self._destination.policy)
        self._connection.execute(created("work", "payloads", payloads))

    def _clear(self) -> None:
        spill_tables.clear(self._connection)
        tables.make(self._connection)

    def _emptied(self, whole: Source) -> list[str]:
        self._count_values()
        return [str(each) for each in completeness.emptied(self._connection, whole, self.scope)]

    def _count_values(self) -> None:
        views = self._views
        completeness.take(self._connection, views.contract, views.found.staged.empty)

    def _measure(self) -> None:
        """Fill `work.rendered` and `work.oversized` for the orders whose verdict needs bytes."""
        orders = count(self._connection, "plan.unsure")
        if orders:
            from connector.payloads.chunks import measure  # noqa: PLC0415 - start-up time
            from connector.payloads.renderers import renderers  # noqa: PLC0415

            with renderers(self._connection, orders) as threads:
                measure(threads, self.recipe("unsure"), orders)
            statement.run(self._connection, "oversized")

    def _counts(self, known: int) -> Plan:
        read = {"unread": self.scan.unread, "withheld": self.scan.withheld, "known": known}
        values = counted(self._connection, **read)
        values |= {"scan_reason": self.scan.reason, "newest_at": self._scanner.newest_at()}
        return Plan(**values, scan=self.scan.kind)

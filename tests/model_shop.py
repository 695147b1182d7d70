"""A state machine: a shop of orders, two environments, and what must hold after each run."""

import dataclasses
import functools
import itertools
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from connector.contract.contract import Contract
from connector.ledger.file import attached
from connector.plan.choice import Choice
from connector.remote.stores import store as store_of
from connector.runs.summary import Summary
from connector.settings.windows import Window
from tests.model import (
    CONTENTS,
    LAYOUTS,
    VALID,
    Contents,
    Looks,
    Memory,
    Northbeam,
    placed_at,
    remembered,
    small_contract,
    write_views,
)
from tests.model_destination import FAULTS, ORDERS, TROUBLE
from tests.model_machine import CONFIG, Machine

ENVIRONMENTS = ("local", "uat")
SECRETS = """    api_key: ${NORTHBEAM_API_KEY}
    client_id: ${NORTHBEAM_CLIENT_ID}
"""
EVERYTHING = Choice()
INVALID = tuple(name for name in CONTENTS if name not in VALID)
EVIDENCE = 5  # orders refused with one message while nothing is accepted: not their fault

some_orders = st.sets(st.sampled_from(ORDERS), min_size=1, max_size=12)
few_orders = st.sets(st.sampled_from(ORDERS), min_size=1, max_size=3)
environments = st.sampled_from(ENVIRONMENTS)
faults = st.just(()) | st.lists(st.sampled_from(FAULTS), max_size=5).map(tuple)
named = some_orders.map(lambda orders: tuple(sorted(orders)))
days = st.lists(st.integers(16, 29), min_size=2, max_size=2, unique=True).map(sorted)
windows = days.map(lambda each: Window(*(datetime(2026, 1, day, tzinfo=UTC) for day in each)))
choices = st.one_of(
    st.builds(Choice, full=st.booleans()),
    st.builds(Choice, limit=st.integers(1, 5), full=st.booleans()),
    st.builds(Choice, order_ids=named, full=st.booleans()),
    st.builds(Choice, order_ids=st.just(()) | named, retry=st.just(True)),
    st.builds(Choice, window=windows),
)
versions = st.integers(1, 4)
trouble = st.lists(st.sampled_from(TROUBLE), min_size=1, max_size=4).map(tuple)
deaths = st.none() | st.none() | st.tuples(st.integers(1, 14), st.sampled_from(("before", "after")))


@dataclasses.dataclass
class Expected:
    """What a run should plan, given the views, what was known before, and the choice."""

    view: Contents
    before: Memory
    choice: Choice

    def __post_init__(self) -> None:
        """Orders outside of the window do not exist for the run."""
        if window := self.choice.window:
            first, end = (f"{day:%Y-%m-%d}" for day in (window.start, window.end))
            self.view = {o: c for o, c in self.view.items() if first <= placed_at(o)[:10] < end}

    @functools.cached_property
    def valid(self) -> Contents:
        return {o: content for o, content in self.view.items() if content in VALID}

    @property
    def is_unrestricted(self) -> bool:
        return self.choice == Choice(full=self.choice.full)

    def is_retried(self, order: str) -> bool:
        named = not self.choice.order_ids or order in self.choice.order_ids
        return self.choice.retry and named and order in self.before.refused

    def is_refused_before(self, order: str) -> bool:
        same = self.before.refused.get(order) == self.view[order]
        return order in self.valid and same and not self.is_retried(order)

    def kind(self, order: str) -> str:
        if order in self.before.in_doubt:
            return "in_doubt"
        return "changed" if order in self.before.delivered else "added"

    def is_chosen(self, order: str) -> bool:
        everything = not self.choice.order_ids and not self.choice.retry
        return everything or order in self.choice.order_ids or self.is_retried(order)

    def is_needed(self, order: str) -> bool:
        return order in self.before.in_doubt or self.before.delivered.get(order) != self.view[order]

    def is_open(self, order: str) -> bool:
        return order in self.valid and not self.is_refused_before(order)

    @functools.cached_property
    def planned(self) -> list[str]:
        """Oldest first."""
        wanted = [
            order
            for order in sorted(filter(self.is_open, self.view), key=placed_at)
            if self.is_chosen(order) and (self.choice.full or self.is_needed(order))
        ]
        return wanted[: self.choice.limit]

    def is_due(self, order: str) -> bool:
        return self.is_open(order) and (self.is_needed(order) or order in self.planned)

    def is_unchanged(self, order: str) -> bool:
        return self.is_open(order) and not self.is_due(order)

    @property
    def is_wrong(self) -> bool:
        """Whether an unknown order is named."""
        known = set(self.view) & (set(self.before.refused) if self.choice.retry else set(ORDERS))
        return not set(self.choice.order_ids) <= known

    @property
    def gone(self) -> set[str]:
        return self.before.delivered.keys() - self.view.keys()

    def numbers(self) -> dict[str, int]:
        kinds = [self.kind(order) for order in filter(self.is_due, self.view)]
        return {
            "orders": len(self.view),
            "invalid": len(self.view) - len(self.valid),
            "unchanged": len(list(filter(self.is_unchanged, self.view))),
            "refused_before": len(list(filter(self.is_refused_before, self.view))),
            "planned": len(self.planned),
            "removed": 0 if self.choice.window else len(self.gone),
            **{kind: kinds.count(kind) for kind in ("added", "changed", "in_doubt")},
        }


class Shop(Machine):
    """A warehouse, two environments that share one ledger, and the connector between them."""

    options = ""  # lines of connector.yml, of the destination

    def __init__(self) -> None:
        super().__init__()
        (self.directory / "connector.yml").write_text(CONFIG % self.name + SECRETS + self.options)
        self.layout, self.touched = "table", 0
        self.destinations = {name: Northbeam() for name in ENVIRONMENTS}
        self.memories = {name: Memory() for name in ENVIRONMENTS}
        # A restored ledger does not know these, whatever the destination holds.
        self.forgotten: dict[str, set[str]] = {name: set() for name in ENVIRONMENTS}

    @property
    def contract(self) -> Contract:
        return small_contract()

    def write_warehouse(self) -> None:
        looks = Looks(self.layout, self.touched, self.stamps)
        write_views(self.connection, self.directory / "oms.duckdb", self.view, looks)

    def remembered(self) -> dict[str, Memory]:
        prints = {name: each.prints for name, each in self.destinations.items()}
        return remembered(self.connection, prints)

    def forget(self) -> None:
        for name, memory in self.memories.items():
            self.forgotten[name] = set(ORDERS) - memory.in_doubt

    # What happens in the shop.

    @initialize(orders=some_orders, content=st.sampled_from(VALID))
    def open(self, orders: set[str], content: str) -> None:
        self._change(dict.fromkeys(sorted(orders), content))

    @rule(orders=some_orders, content=st.sampled_from(VALID))
    def write(self, orders: set[str], content: str) -> None:
        """Add, edit and correct orders."""
        self._change(dict.fromkeys(sorted(orders), content))

    @rule(orders=some_orders, content=st.sampled_from(INVALID))
    def spoil(self, orders: set[str], content: str) -> None:
        self._change(dict.fromkeys(sorted(orders), content))

    @rule(orders=few_orders)
    def delete(self, orders: set[str]) -> None:
        next(Machine.steps)
        self.remove(orders)

    @rule()
    def touch(self) -> None:
        """A column changes that is not sent."""
        self._change({})
        self.touched += 1

    @rule(layout=st.sampled_from(sorted(LAYOUTS)))
    def rebuild(self, layout: str) -> None:
        """Recreate the views with other columns, types and order of rows."""
        self._change({})
        self.layout = layout

    @rule(
        environment=environments,
        orders=some_orders,
        content=st.sampled_from(VALID),
        named=st.booleans(),
    )
    def poison(self, environment: str, orders: set[str], content: str, *, named: bool) -> None:
        """From now on the destination refuses this content of these orders."""
        next(Machine.steps)
        for order in orders:
            self.destinations[environment].poison[order, content] = named

    @rule(environment=environments)
    def heal(self, environment: str) -> None:
        next(Machine.steps)
        self.destinations[environment].poison.clear()

    @precondition(lambda self: self.view)
    @rule(environment=environments, choice=choices, faults=faults, death=deaths)
    def sync(self, environment: str, choice=EVERYTHING, faults=(), death=None) -> None:
        """Ask mostly for orders that exist."""
        next(Machine.steps)
        refused = self.memories[environment].refused if choice.retry else ORDERS
        known = [order for order in choice.order_ids if order in self.view and order in refused]
        asked = tuple(known) or choice.order_ids
        self.run(environment, dataclasses.replace(choice, order_ids=asked), faults, death)

    @precondition(lambda self: not self.view)
    @rule(environment=environments)
    def sync_nothing(self, environment: str) -> None:
        next(Machine.steps)
        self.run(environment, EVERYTHING)

    @precondition(lambda self: self.view)
    @rule(
        environment=environments,
        orders=some_orders,
        content=st.sampled_from(VALID),
        faults=trouble,
        death=deaths,
    )
    def detour(self, environment: str, orders: set[str], content: str, faults=(), death=None):
        """Orders change, a run with them fails, and they change back for the next run."""
        before = {order: self.view[order] for order in sorted(orders & self.view.keys())}
        self._change(dict.fromkeys(before, content))
        self.run(environment, EVERYTHING, faults, death)
        self._change(before)
        self.sync_without_faults(environment)

    @precondition(lambda self: self.versions)
    @rule(environment=environments, version=versions, faults=faults, death=deaths)
    def relapse(self, environment: str, version: int, faults=(), death=None) -> None:
        """Restore the views of one of the last runs, and run at once."""
        next(Machine.steps)
        self.go_back(self.versions[-version:][0])
        self.run(environment, EVERYTHING, faults, death)

    @precondition(lambda self: self.view and self.has_ledger)
    @rule(environment=environments, orders=some_orders, content=st.sampled_from(VALID))
    def forget_the_last(self, environment: str, orders: set[str], content: str) -> None:
        """Restore the ledger and the views as they were before a run."""
        before = dict(self.view)
        self.copy()
        self.write(orders, content)
        self.sync_without_faults(environment)
        self.restore()
        self.go_back(before)
        self.sync_without_faults(environment)

    def sync_without_faults(self, environment: str) -> None:
        next(Machine.steps)
        self.run(environment, EVERYTHING)

    def run(self, environment: str, choice: Choice, faults=(), death=None) -> None:
        """Run the connector and check the promises."""
        expected = Expected(dict(self.view), self.memories[environment], choice)
        destination, before = self.destinations[environment], self.memories
        other = next(name for name in ENVIRONMENTS if name != environment)
        summary, self.memories = self.start(environment, self._unguarded(choice), faults, death)
        assert self.memories[other] == before[other], "P7: another environment's memory changed"
        assert not self.destinations[other].log.requests, "P7: another environment got orders"
        self.forgotten[environment] -= destination.log.acknowledged.keys()
        known = set(ORDERS) - self.forgotten[environment]
        Promises(expected, summary, destination, self.memories[environment], known).hold(faults)

    def _unguarded(self, choice: Choice) -> Choice:
        """A dozen orders exceed most guards; only an empty view may stop a run."""
        return dataclasses.replace(choice, unguarded=bool(self.view))

    def _change(self, contents: Contents) -> None:
        next(Machine.steps)
        self.change(contents)


class StampedShop(Shop):
    """The same, read by watermark: the promises do not depend on it."""

    options = "    watermark: {overlap: 1s}\n"

    @precondition(lambda self: self.view)
    @rule(environment=environments)
    def sync_well(self, environment: str) -> None:
        """Only runs that leave no order behind keep a watermark."""
        next(Machine.steps)
        self.destinations[environment].poison.clear()
        self.run(environment, EVERYTHING)


class StoredShop(Shop):
    """The same, with a ledger in a store: when a process dies, its machine is lost."""

    @property
    def has_ledger(self) -> bool:
        return (self.directory / "store").exists()

    def ledger(self, *, read_only: bool = False):
        cache = self.directory / "cache" / "ledger.northbeam.local.duckdb"
        store = store_of(f"file://{self.directory}/store", cache)
        return attached(self.connection, store, read_only=read_only)

    def _keep(self, name: str, *, back: bool = False) -> None:
        """Copy the store, or put the copy back on a machine that never had the ledger.

        The file that says that its last process is dead stays, or the next one waits for it.
        """
        kept, store = self.directory / name, self.directory / "store"
        source, target = (kept, store) if back else (store, kept)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".new-*"))
        for path in (self.directory / "cache").glob("ledger*"):
            if back and path.suffix not in (".cache-lock", ".json"):
                path.unlink()


@dataclasses.dataclass(frozen=True)
class Promises:
    """What must hold after a run."""

    expected: Expected
    summary: Summary | str
    destination: Northbeam
    memory: Memory
    known: set[str]  # the orders of which the ledger should know

    def hold(self, faults: Sequence[str]) -> None:
        assert not self.destination.wrongs, self.destination.wrongs
        self.nothing_is_needless_or_stale()
        self.memory_is_true()
        self.doubt_is_kept()
        if isinstance(self.summary, str):
            self.a_run_without_an_end_is_one_we_caused()
            return
        assert not self.expected.is_wrong, "an unknown order was taken for one"
        self.only_the_guilty_are_refused()
        self.numbers_add_up()
        self.the_exit_code_is_true(faults)

    def nothing_is_needless_or_stale(self) -> None:
        log, view = self.destination.log, self.expected.view
        sent = set(itertools.chain(*log.requests))
        assert sent <= set(self.expected.planned), "P6: sent without need"
        assert all(view[o] == content for o, content in log.written), "P2: a stale version"
        if set(log.statuses) <= {200}:
            self.the_oldest_goes_first(list(dict.fromkeys(itertools.chain(*log.requests))))

    def the_oldest_goes_first(self, sent: list[str]) -> None:
        """Some of what is in doubt may have to wait for a late request; it is sent in the end."""
        planned, doubts = self.expected.planned, self.expected.before.in_doubt
        certain = [order for order in sent if order not in doubts]
        assert certain == [order for order in planned if order not in doubts][: len(certain)]
        falls = sum(planned.index(b) < planned.index(a) for a, b in itertools.pairwise(sent))
        assert falls <= bool(doubts), "not oldest first"

    def memory_is_true(self) -> None:
        before, log, memory = self.expected.before, self.destination.log, self.memory
        possible = before.delivered | log.acknowledged
        if self.summary == "killed":
            changed = memory.delivered.items() - before.delivered.items()
            assert changed <= log.acknowledged.items(), "P3: an answer that never came"
            assert before.delivered.keys() <= memory.delivered.keys(), "P3: forgotten"
        else:
            assert memory.delivered == possible, "P3: the ledger does not say what was answered"
        for order in self.known - memory.in_doubt:
            held, known = self.destination.stored.get(order), memory.delivered.get(order)
            assert held == known, f"P3, P4: {order} is {held} there and {known} here, and no doubt"

    def doubt_is_kept(self) -> None:
        """Doubt comes from a lost answer or a kill, and only an answer resolves it."""
        before, log, memory = self.expected.before, self.destination.log, self.memory
        caused = set(self.expected.planned) if self.summary == "killed" else log.in_doubt
        assert memory.in_doubt <= before.in_doubt | caused, "P6: doubt without a reason"
        settled = log.acknowledged.keys()
        assert before.in_doubt - settled <= memory.in_doubt, "P4: doubt was forgotten"
        if self.summary != "killed":
            assert not memory.in_doubt & settled, "P6: doubt after an answer"

    def a_run_without_an_end_is_one_we_caused(self) -> None:
        before, log = self.expected.before, self.destination.log
        assert self.summary == "killed" or not log.requests
        assert (self.summary == "guarded") <= (not self.expected.view), (
            "a guard stopped a usual run"
        )
        assert (self.summary == "rejected") <= self.expected.is_wrong, "orders are known"
        new = self.memory.refused.items() - before.refused.items()
        assert new <= log.refused.items(), "P5: refused without an answer"

    def only_the_guilty_are_refused(self) -> None:
        before, log, memory = self.expected.before, self.destination.log, self.memory
        if self.summary.exit_code > 1 and not log.acknowledged and not self.summary.refused:
            assert memory.refused.items() <= before.refused.items(), "a fault marked orders"
            return
        refused = before.refused | log.refused
        forgiven = log.acknowledged.keys() | set(filter(self.expected.is_unchanged, before.refused))
        expected = {o: c for o, c in refused.items() if o not in forgiven}
        assert memory.refused == expected, "P5: not those that were refused"

    def numbers_add_up(self) -> None:
        summary, log = self.summary, self.destination.log
        expected = self.expected.numbers()
        assert {name: getattr(summary, name) for name in expected} == expected
        due = summary.added + summary.changed + summary.in_doubt
        left = summary.invalid + summary.refused_before + summary.unchanged
        assert summary.orders == due + left
        assert due == summary.delivered + summary.refused + summary.pending
        assert summary.delivered == len(log.acknowledged)
        forgotten = summary.exit_code > 1 and not log.acknowledged  # perhaps all are refused
        assert summary.refused in {len(log.refused), 0 if forgotten else len(log.refused)}
        assert (summary.requests, summary.bytes) == (len(log.requests), log.bytes)

    def the_exit_code_is_true(self, faults: Sequence[str]) -> None:
        expected, log, code = self.expected, self.destination.log, self.summary.exit_code
        met = set(faults[: len(log.requests)])
        stays = self.summary.invalid + self.summary.refused_before + self.summary.refused
        if code <= 1:
            done = log.acknowledged.keys() | log.refused.keys()
            assert done == set(expected.planned), "P1: planned and not sent"
            assert code == int(stays > 0)
            self.everything_arrived()
        elif code == 2:
            assert len(log.refused) >= EVIDENCE
            assert not log.acknowledged
        else:
            causes = {3: {"401"}, 4: set(FAULTS), 143: {"interrupted"}}
            assert met & causes[code], "a run ended without a reason"

    def everything_arrived(self) -> None:
        expected, stored = self.expected, self.destination.stored
        for order in expected.planned:
            if order not in self.memory.refused:
                assert stored[order] == expected.view[order], "P1: another version than planned"
        if expected.is_unrestricted:
            reached = {o: c for o, c in expected.valid.items() if o not in self.memory.refused}
            assert reached.items() <= stored.items(), "P1: an order is missing or old"
            assert not self.memory.in_doubt & reached.keys(), "P4: still in doubt"

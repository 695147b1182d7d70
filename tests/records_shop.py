"""A state machine: orders leave, return, are cancelled and get another identity, at all APIs."""

import dataclasses
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from connector.contract.contract import Contract
from connector.plan.choice import Choice
from connector.runs.summary import Summary
from connector.settings.windows import Window
from tests.model_destination import FAULTS, ORDERS, TROUBLE
from tests.model_machine import CONFIG, Machine
from tests.model_records import (
    LIVE,
    NAMES,
    STATES,
    TOTALS,
    Memory,
    Records,
    Row,
    Sent,
    first_placed_at,
    remembered,
    small_contract,
    write_view,
)

ENVIRONMENT = "local"
FEW = ORDERS[:6]  # so that many things happen to the same order
EVERYTHING = Choice()

some_orders = st.sets(st.sampled_from(FEW), min_size=1, max_size=6)
rows = st.builds(
    Row,
    total=st.sampled_from(sorted(TOTALS)),
    is_moved=st.booleans(),
    state=st.sampled_from(("placed", "placed", *STATES)),
)
faults = st.just(()) | st.lists(st.sampled_from(FAULTS), max_size=4).map(tuple)
trouble = st.lists(st.sampled_from(TROUBLE), min_size=1, max_size=3).map(tuple)
# Faults that end a run which has stored orders without receiving the answer.
unheard = st.sampled_from(
    (
        ("killed after",),
        ("stored and lost", "stored and lost"),
        ("half stored and lost", "500 but stored"),
        ("stored and lost", "400 of the first"),
        ("late and lost", "late and lost"),
    )
)
deaths = st.none() | st.none() | st.tuples(st.integers(1, 18), st.sampled_from(("before", "after")))
days = st.lists(st.integers(22, 29), min_size=2, max_size=2, unique=True).map(sorted)
windows = days.map(lambda each: Window(*(datetime(2026, 1, day, tzinfo=UTC) for day in each)))
choices = st.one_of(
    st.just(EVERYTHING),
    st.builds(Choice, full=st.booleans()),
    st.builds(Choice, limit=st.integers(1, 3)),
    st.builds(Choice, order_ids=some_orders.map(sorted).map(tuple)),
    st.just(Choice(retry=True)),
    st.builds(Choice, window=windows),
)
versions = st.integers(1, 4)
few_orders = st.sets(st.sampled_from(FEW), min_size=1, max_size=3)


def policies_of(name: str, **chosen: str) -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    """A destination with the chosen policies, and random values for the others."""
    values = {k: st.sampled_from(v) for k, v in NAMES[name].policies.items()}
    values |= {k: st.just(v) for k, v in chosen.items()}
    return st.tuples(st.just(name), st.fixed_dictionaries(values))


all_policies = st.sampled_from(sorted(NAMES)).flatmap(policies_of)
# Where an order may have several records, most can go wrong.
replacing = policies_of("triple_whale", on_removed="void", on_identity_change="replace")
policies = st.one_of(all_policies, all_policies, replacing)


class RecordsShop(Machine):
    """One destination with one choice of policies throughout a history."""

    @initialize(policy=policies, is_stamped=st.booleans(), orders=some_orders)
    def open(
        self, policy: tuple[str, dict[str, str]], orders: set[str], *, is_stamped: bool
    ) -> None:
        next(Machine.steps)
        self.name, self.policy = policy
        options = {**NAMES[self.name].values, **self.policy}
        if is_stamped:
            options["watermark"] = "{overlap: 1s}"
        lines = "".join(f"    {key}: {value}\n" for key, value in options.items())
        (self.directory / "connector.yml").write_text(CONFIG % self.name + lines)
        self.server = Records(self.name)
        self.destinations = {ENVIRONMENT: self.server}
        self.memories = {ENVIRONMENT: Memory()}
        self.is_settled = self.is_restored = False
        self.change(dict.fromkeys(sorted(orders), Row("A", False, "placed")))

    @property
    def contract(self) -> Contract:
        return small_contract(self.name)

    @property
    def memory(self) -> Memory:
        return self.memories[ENVIRONMENT]

    def write_warehouse(self) -> None:
        path = self.directory / "oms.duckdb"
        write_view(self.connection, path, self.name, self.view, self.stamps)

    def remembered(self) -> dict[str, Memory]:
        return {ENVIRONMENT: remembered(self.connection)}

    def forget(self) -> None:
        self.is_settled, self.is_restored = False, True
        self.server.forget()

    # What happens in the shop.

    @rule(orders=some_orders, row=rows)
    def write(self, orders: set[str], row: Row) -> None:
        """Orders come, come back, are edited, cancelled and moved."""
        next(Machine.steps)
        self.change(dict.fromkeys(sorted(orders), row))

    @rule(orders=some_orders, state=st.sampled_from(STATES))
    def become(self, orders: set[str], state: str) -> None:
        next(Machine.steps)
        self._edit(orders, state=state)

    @rule(orders=some_orders, is_moved=st.booleans())
    def move(self, orders: set[str], *, is_moved: bool) -> None:
        next(Machine.steps)
        self._edit(orders, is_moved=is_moved)

    @rule(orders=some_orders)
    def leave(self, orders: set[str]) -> None:
        next(Machine.steps)
        self.remove(orders)

    @rule(orders=some_orders, total=st.sampled_from(sorted(TOTALS)), named=st.booleans())
    def poison(self, orders: set[str], total: str, *, named: bool) -> None:
        """From now on the destination refuses these orders, also when they are taken back."""
        next(Machine.steps)
        kinds = itertools.product(orders, (total, ""), (False, True), (LIVE, "taken back"))
        for order, known, is_moved, kind in kinds:
            self.server.poison[order, Sent(known, is_moved, kind)] = named

    @rule()
    def heal(self) -> None:
        next(Machine.steps)
        self.server.poison.clear()

    @precondition(lambda self: self.view)
    @rule(choice=choices, faults=faults, death=deaths)
    def sync(self, choice=EVERYTHING, faults=(), death=None) -> None:
        next(Machine.steps)
        known = tuple(order for order in choice.order_ids if order in self.view)
        self.run(dataclasses.replace(choice, order_ids=known), faults, death)

    @precondition(lambda self: self.view)
    @rule(orders=some_orders, row=rows, faults=trouble, death=deaths)
    def detour(self, orders: set[str], row: Row, faults=(), death=None) -> None:
        """Orders change, a run with them fails, and they change back for the next run."""
        before = {order: self.view[order] for order in sorted(orders & self.view.keys())}
        self.write(before.keys(), row)
        self.sync(faults=faults, death=death)
        self.change(before)
        self.sync()

    @precondition(lambda self: self.view)
    @rule(orders=few_orders, row=rows, faults=unheard | unheard | trouble)
    def come_back(self, orders: set[str], row: Row, faults=()) -> None:
        """Orders leave, come back in a run that goes wrong, and get another identity."""
        self.leave(orders)
        self.sync()
        self.write(orders, row)
        self.sync(faults=faults)
        self.move(orders, is_moved=not row.is_moved)
        self.sync()

    @precondition(lambda self: self.versions)
    @rule(version=versions, faults=faults, death=deaths)
    def relapse(self, version: int, faults=(), death=None) -> None:
        """Restore the view of one of the last runs, and run at once."""
        self.go_back(self.versions[-version:][0])
        self.sync(faults=faults, death=death)

    @precondition(lambda self: self.view and self.has_ledger)
    @rule(orders=some_orders, row=rows)
    def forget_the_last(self, orders: set[str], row: Row) -> None:
        """Restore the ledger and the view as they were before a run."""
        before = dict(self.view)
        self.copy()
        self.write(orders, row)
        self.sync()
        self.restore()
        self.go_back(before)
        self.sync(Choice(full=True))

    @precondition(lambda self: self.view and (self.is_stale or not self.is_settled))
    @rule()
    def settle(self) -> None:
        """Without faults the destination soon matches the view, and nothing is left to do."""
        next(Machine.steps)
        self.server.poison.clear()
        self.run(Choice(full=self.is_restored))
        if self.summary.exit_code:
            self.run(Choice(retry=True))
            self.run(EVERYTHING)
        if self.server.log.requests:
            self.run(EVERYTHING)
        assert self.summary.exit_code == 0
        assert not self.server.log.requests, "P6: something is sent again and again"
        self.is_settled = True

    def _edit(self, orders: set[str], **values) -> None:
        edited = {o: dataclasses.replace(r, **values) for o, r in self.view.items() if o in orders}
        self.change(edited)

    def run(self, choice: Choice, faults: Sequence[str] = (), death=None) -> None:
        """Run the connector, and check the result."""
        self.is_settled = False
        server, before = self.server, self.memory
        everything = set(ORDERS) if choice.full else set()
        server.excused = before.in_doubt | everything
        had = {order for order in FEW if server.live(order)}
        asked = dataclasses.replace(
            choice, unguarded=bool(self.view), allow_side_effects=bool(self.view)
        )
        self.summary, self.memories = self.start(ENVIRONMENT, asked, faults, death)
        server.catch_up()
        assert not server.wrongs, server.wrongs
        self.check_doubts(before)
        if isinstance(self.summary, Summary):
            self.check_choice(choice, before)
            if self.summary.exit_code <= 1:
                self.check_end(choice, had)
        else:
            self.check_reason(choice, before)

    def check_reason(self, choice: Choice, before: Memory) -> None:
        """A run without an end is one that the test has killed."""
        reasons = {
            "killed": True,
            "old": self.name == "yespo" and not choice.full,
            "rejected": not before.refused | before.removal_refused and choice.retry,
            "guarded": not self.view,
        }
        assert reasons[self.summary]
        assert self.summary == "killed" or not self.server.log.requests

    def check_doubts(self, before: Memory) -> None:
        log, memory = self.server.log, self.memory
        if self.summary != "killed":
            assert memory.in_doubt <= before.in_doubt | log.in_doubt, "P6: doubt without a reason"
        answered = log.acknowledged.keys()
        assert before.in_doubt - answered <= memory.in_doubt, "P4: doubt was forgotten"

    def check_choice(self, choice: Choice, before: Memory) -> None:
        """Only what was asked for is sent."""
        sent = set(itertools.chain(*self.server.log.requests))
        if choice.order_ids:
            assert sent <= set(choice.order_ids)
        if choice.retry:
            assert sent <= before.refused | before.removal_refused
        if window := choice.window:
            assert all(window.start <= first_placed_at(order) < window.end for order in sent)
        if choice.limit:
            assert len(sent & self.view.keys()) <= choice.limit

    def check_end(self, choice: Choice, had: set[str]) -> None:
        """A run that reports success has sent everything, unless it was limited."""
        memory, server = self.memory, self.server
        left_out = memory.refused | memory.removal_refused
        if choice.everything and not choice.limit:
            told = (memory.refused & self.view.keys()) | memory.removal_refused
            assert self.summary.exit_code >= bool(told), f"not told: {told} of {memory}"
        for order, row in self.view.items():
            if row.counts and order in had and order not in left_out | memory.in_doubt:
                assert server.live(order), f"{order} was taken back and not sent again"
        if choice.everything and not choice.limit:
            self.is_restored &= self.name == "yespo" and not choice.full
            for order in set(FEW) - left_out:
                if not server.has_stranger(order):
                    self.check_order(order)

    def check_order(self, order: str) -> None:
        """The destination holds an order as the view has it, or nothing of it that counts."""
        row, live = self.view.get(order), self.server.live(order)
        if self.is_to_count(row):
            assert [sent.total for sent in live] == [row.total], f"P1: {order} is {live}"
            moves = self.policy.get("on_identity_change") in {"send", "replace"}
            assert not moves or live[0].is_moved == row.is_moved, f"P1: {order} is {live}"
        elif self.is_to_be_taken_back(row):
            assert not live or order not in self.memory.known, f"P14: {order} is {live}"
        else:
            assert all(order not in sent for sent in self.server.log.requests), "it is to be left"

    def is_to_count(self, row: Row | None) -> bool:
        is_sent = row and row.state == "cancelled" and self.policy["on_cancelled"] == "send"
        return bool(row and (row.counts or is_sent))

    def is_to_be_taken_back(self, row: Row | None) -> bool:
        policy = "on_cancelled" if row else "on_removed"
        return self.policy[policy] != "report"

"""Sends years of orders window by window, the oldest first; each window is a separate run.

A run needs only the memory for one window. Since every window is planned against the ledger, a
stopped backfill resumes where it was, and a later sync finds nothing to do.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.contract.contract import Contract
from connector.exceptions import ModelError
from connector.runs.checks.guard import check_side_effects
from connector.runs.job import Job
from connector.settings.windows import Window, window
from connector.source.opening import opened

REFUSED = 10  # windows with nothing accepted after which the backfill gives up


@dataclass(frozen=True, slots=True)
class Step:
    """One window, and the number of orders in it."""

    window: Window
    orders: int


class Course:
    """The windows in order, the oldest first; wholly refused windows may be tried again.

    Perhaps only their orders are bad. So the next windows are drawn at random, and once something
    is accepted, the ledger shows whether the orders or the account are at fault.
    """

    def __init__(self, planned: Sequence[Step], draw: random.Random) -> None:
        """Start with the oldest window."""
        self._left, self._draw = list(planned), draw
        self._refused: list[Step] = []
        self._is_accepting = False

    def __iter__(self) -> Iterator[Step]:
        while self._left:
            yield self._left.pop(0)

    def refuse(self, step: Step) -> None:
        """Note that a window was wholly refused."""
        if self._is_accepting:
            return
        self._refused.append(step)
        if len(self._refused) == REFUSED:
            self._left.clear()
        elif self._left:
            drawn = self._draw.randrange(len(self._left))
            self._left.insert(0, self._left.pop(drawn))

    def accept(self) -> None:
        """Note that something was accepted."""
        if not self._is_accepting:
            self._left = sorted(self._refused + self._left, key=lambda step: step.window.start)
        self._is_accepting = True


def steps(job: Job, whole: Window, size: str) -> list[Step]:
    """Return the windows of a size (month, week, day) that hold orders, the oldest first.

    Raises ModelError when the contract does not sort orders by time.
    """
    kinds = {field.column: field.kind for field in job.contract.orders.fields}
    if kinds.get(job.contract.order_by) != "timestamp":
        raise ModelError(
            f"{job.destination.name}: {job.contract.order_by} is not a time, so that there are no "
            "windows; load everything at once with `connector sync`"
        )
    given = (job.connection, job.contract, job.warehouse, job.destination.models)
    with opened(*given) as source:
        periods = source.windowed(whole).periods(size)
    return [Step(window(start, size).cut(whole), orders) for start, orders in periods]


def check(job: Job, planned: Sequence[Step], *, allowed: bool) -> None:
    """Raise GuardError when the backfill would cause side effects that were not allowed."""
    check_side_effects(
        job.destination.name, job.contract, sum(step.orders for step in planned), allowed=allowed
    )


def seconds(contract: Contract, requests: int, size: int) -> float | None:
    """Return the least seconds that the contract's budget allows for these requests and bytes."""
    needed: Mapping[str, int] = {"requests": requests, "bytes": size}
    budget = contract.budget
    waits = [
        needed[unit] / most * budget["seconds"] for unit, most in budget.items() if unit in needed
    ]
    return max(waits, default=None)

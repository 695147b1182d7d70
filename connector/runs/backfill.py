"""Goes through the orders of years window by window, the oldest first, each a run of its own.

Memory is bounded by a window. Since every window is planned against the ledger, a backfill that was
stopped goes on where it was, and a sync after it finds nothing to do.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.contract.contract import Contract
from connector.exceptions import ModelError
from connector.runs.guard import check_side_effects
from connector.runs.job import Job
from connector.settings.windows import Window, window
from connector.source.opening import opened

REFUSED = 10  # windows of which nothing is accepted, before everything counts as refused


@dataclass(frozen=True, slots=True)
class Step:
    """One window and how many orders of the view lie in it."""

    window: Window
    orders: int


class Course:
    """The windows one after the other, the oldest first; those wholly refused may go again.

    Their orders alone may be bad. So others are drawn from all, and once something is accepted, the
    ledger tells whose fault it is.
    """

    def __init__(self, planned: Sequence[Step], draw: random.Random) -> None:
        """Begin with the oldest."""
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
    """Raise GuardError when the backfill would set off what nobody has allowed."""
    check_side_effects(
        job.destination.name, job.contract, sum(step.orders for step in planned), allowed=allowed
    )


def seconds(contract: Contract, requests: int, size: int) -> float | None:
    """Return how long the contract's budget makes so many requests and bytes take at least."""
    needed: Mapping[str, int] = {"requests": requests, "bytes": size}
    budget = contract.budget
    waits = [
        needed[unit] / most * budget["seconds"] for unit, most in budget.items() if unit in needed
    ]
    return max(waits, default=None)

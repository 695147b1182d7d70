"""When the next request may start: budgets, workers, and the pause that a 429 asks for.

Arithmetic without a clock; times are seconds of any monotonic clock.
"""

from collections.abc import Sequence
from math import inf

from connector.http.answer import Answer, Outcome
from connector.http.budget import RollingBudget
from connector.http.concurrency import Concurrency

_OVERLOADED = {408, 429, 503, 504, None}  # None: there was no answer


class Pace:
    """What all workers of a run share; `budgets` are each given with whether it counts bytes."""

    def __init__(
        self, budgets: Sequence[tuple[RollingBudget, bool]], concurrency: Concurrency
    ) -> None:
        self._budgets = budgets
        self._concurrency = concurrency
        self._under_way = 0
        self._not_before = -inf

    @property
    def workers(self) -> int:
        """Return how many requests may be under way."""
        return self._concurrency.limit

    def recall(self, moment: float, size: int) -> None:
        """Count a request of a run before this one."""
        for budget, is_bytes in self._budgets:
            budget.spend(moment, size if is_bytes else 1)

    def wait(self, now: float, size: int) -> float:
        """Return the seconds until a request of `size` bytes may start, 0 when it may at once.

        Infinite when one that is under way must end first.
        """
        if self._under_way >= self._concurrency.limit:
            return inf
        waits = [budget.wait(now, size if is_bytes else 1) for budget, is_bytes in self._budgets]
        return max([0.0, self._not_before - now, *waits])

    def begin(self, size: int) -> None:
        """Count a request as under way."""
        self._under_way += 1
        for budget, is_bytes in self._budgets:
            budget.hold(size if is_bytes else 1)

    def end(self, began: float, now: float, size: int, answer: Answer | None) -> None:
        """Count a request as ended; without an answer it says nothing about the server."""
        self._under_way -= 1
        for budget, is_bytes in self._budgets:
            budget.spend_held(now, size if is_bytes else 1)
        if answer is None:
            return
        if answer.retry_after is not None:
            self.pause(now + answer.retry_after)
        if answer.outcome is not Outcome.RETRY:
            self._concurrency.answered(began, now)
        elif answer.status in _OVERLOADED:
            self._concurrency.pushed_back(began, now)

    def pause(self, until: float) -> None:
        """Start nothing before `until`: a limit that was met is the key's, not one request's."""
        self._not_before = max(self._not_before, until)

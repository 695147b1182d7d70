"""A budget over a rolling window, such as 30 MB in any 60 seconds: arithmetic without a clock."""

from collections import deque
from collections.abc import Mapping

BODIES = 40  # that a byte budget is cut into, since what is left of it is half a body on average


def batch_bytes(limit: int, budget: Mapping[str, int]) -> int:
    """Return how many bytes a batch may have, at most `limit`, so that a byte budget is used up."""
    return min(limit, budget["bytes"] // BODIES) if "bytes" in budget else limit


class RollingBudget:
    """Remembers what was spent when; times are seconds of any monotonic clock.

    When the other side counts a request is unknown, so it is held from before it is sent until
    after its answer, and counts as spent from then on.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        """Allow `limit` units in any window of `seconds`."""
        self._limit = limit
        self._seconds = seconds
        self._spent: deque[tuple[float, int]] = deque()
        self._sum = 0  # with what is held
        self._held = 0

    def wait(self, now: float, amount: int) -> float:
        """Return the seconds until `amount` may be spent, 0 when it may be at once.

        What alone is over the limit may be spent when nothing else was.
        """
        self._forget(now)
        over = self._sum + amount - self._limit
        if over <= 0 or not self._sum:
            return 0.0
        for moment, spent in self._spent:
            over -= spent
            if over <= 0:
                return moment + self._seconds - now
        return self._seconds if self._held else self._spent[-1][0] + self._seconds - now

    def hold(self, amount: int) -> None:
        """Set `amount` aside."""
        self._held += amount
        self._sum += amount

    def spend_held(self, now: float, amount: int) -> None:
        """Count `amount`, which was held, as spent at `now`."""
        self._held -= amount
        self._sum -= amount
        self.spend(now, amount)

    def spend(self, now: float, amount: int) -> None:
        """Count `amount` as spent at `now`."""
        self._spent.append((now, amount))
        self._sum += amount

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][0] + self._seconds <= now:
            self._sum -= self._spent.popleft()[1]

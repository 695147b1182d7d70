"""A budget over a rolling window, such as 30 MB in any 60 seconds: arithmetic without a clock."""

from collections import deque


class RollingBudget:
    """Remembers what was spent when; times are seconds of any monotonic clock."""

    def __init__(self, limit: int, seconds: float) -> None:
        """Allow `limit` units in any window of `seconds`."""
        self._limit = limit
        self._seconds = seconds
        self._spent: deque[tuple[float, int]] = deque()
        self._sum = 0

    def wait(self, now: float, amount: int) -> float:
        """Return the seconds until `amount` may be spent, 0 when it may be at once.

        What alone is over the limit may be spent when nothing else was.
        """
        self._forget(now)
        over = self._sum + amount - self._limit
        for moment, spent in self._spent:
            if over <= 0:
                return 0.0
            over -= spent
            until = moment + self._seconds - now
            if over <= 0:
                return until
        return 0.0 if over <= 0 or not self._spent else self._spent[-1][0] + self._seconds - now

    def spend(self, now: float, amount: int) -> None:
        """Count `amount` as spent at `now`."""
        self._spent.append((now, amount))
        self._sum += amount

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][0] + self._seconds <= now:
            self._sum -= self._spent.popleft()[1]

"""The budget of bytes or requests that a destination grants in a rolling window."""

import math
from collections import deque


class Budget:
    """What was spent within the window: the bytes of calls, or the number of calls."""

    def __init__(self, limit: int, window: float, *, of_bytes: bool = True) -> None:
        self._limit = limit
        self._window = window
        self._of_bytes = of_bytes
        self._spent: deque[tuple[float, int]] = deque()

    def spend(self, size: int, now: float) -> int:
        """Spend a call of that many bytes and return 0, or return the seconds to wait."""
        size = size if self._of_bytes else 1
        while self._spent and self._spent[0][0] <= now - self._window:
            self._spent.popleft()
        excess = sum(spent for _, spent in self._spent) + size - self._limit
        if excess <= 0:
            self._spent.append((now, size))
            return 0
        return max(1, math.ceil(self._free_at(excess, now) - now))

    def clear(self) -> None:
        """Forget what was spent."""
        self._spent.clear()

    def _free_at(self, excess: int, now: float) -> float:
        when = now
        for when, size in self._spent:  # noqa: B007
            excess -= size
            if excess <= 0:
                break
        return when + self._window

"""How many requests go at a time: additive increase, multiplicative decrease.

Arithmetic without a clock; times are seconds of any monotonic clock.
"""

from collections import deque
from math import inf

START = 4  # requests at a time, where the maximum allows
FLAT = 1.5  # times the best latency of late that still counts as flat
ROUNDS = 20  # that "of late" is


class Concurrency:
    """How many requests may be under way, learnt from how they fare.

    It doubles each round of flat latency until something gives, from then on it grows by one a
    round; it stays while latency is raised, and is halved when the server pushes back. A round is
    as many answers as requests may be under way.
    """

    def __init__(self, maximum: int) -> None:
        """Begin low; `maximum` is never exceeded."""
        self._maximum = maximum
        self.limit = min(maximum, START)
        self._doubles = True
        self._decreased = -inf
        self._answers = 0
        self._seconds = 0.0
        self._latencies: deque[float] = deque(maxlen=ROUNDS)  # of the last rounds, on average

    def answered(self, began: float, now: float) -> None:
        """Take note of a request that was answered as usual."""
        if began < self._decreased:  # it tells of the crowd that there was
            return
        self._answers += 1
        self._seconds += now - began
        if self._answers >= self.limit:
            self._end_round()

    def pushed_back(self, began: float, now: float) -> None:
        """Take note of a request that was turned away or timed out.

        All that were under way at the time are one occasion.
        """
        if began < self._decreased:
            return
        self._decreased = now
        self._doubles = False
        self.limit = max(1, self.limit // 2)
        self._answers, self._seconds = 0, 0.0

    def _end_round(self) -> None:
        latency = self._seconds / self._answers
        self._answers, self._seconds = 0, 0.0
        self._latencies.append(latency)
        if latency > FLAT * min(self._latencies):
            self._doubles = False
            return
        self.limit = min(self._maximum, 2 * self.limit if self._doubles else self.limit + 1)

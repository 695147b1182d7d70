"""How many requests go at a time: additive increase, multiplicative decrease.

Arithmetic without a clock; times are seconds of any monotonic clock.
"""

from math import inf

START = 4  # requests at a time, where the maximum allows
FLAT = 1.5  # times the best latency that still counts as flat
PATIENCE = 20  # rounds of raised latency in a row after which the best latency is measured again


class Concurrency:
    """How many requests may be under way, learnt from how they fare.

    It doubles each round of flat latency until something gives, from then on it grows by one a
    round; it stays while latency is raised, and is halved when the server pushes back, or when
    latency stays raised, to see whether the crowd is why. A round is as many answers as requests
    may be under way.
    """

    def __init__(self, maximum: int) -> None:
        """Begin low; `maximum` is never exceeded."""
        self._maximum = maximum
        self.limit = min(maximum, START)
        self._doubles = True
        self._decreased = -inf
        self._answers = 0
        self._seconds = 0.0
        self._best = inf  # seconds, of a round on average
        self._raised = 0  # rounds in a row

    def answered(self, began: float, now: float) -> None:
        """Take note of a request that was answered as usual."""
        if began < self._decreased:  # it was sent before the last decrease
            return
        self._answers += 1
        self._seconds += now - began
        if self._answers >= self.limit:
            self._end_round(now)

    def pushed_back(self, began: float, now: float) -> None:
        """Take note of a request that was turned away or timed out.

        All that were under way at the time are one occasion.
        """
        if began < self._decreased:
            return
        self._decrease(now)

    def _decrease(self, now: float) -> None:
        self._decreased = now
        self._doubles = False
        self.limit = max(1, self.limit // 2)
        self._answers, self._seconds = 0, 0.0

    def _end_round(self, now: float) -> None:
        latency = self._seconds / self._answers
        self._answers, self._seconds = 0, 0.0
        self._best = min(self._best, latency)
        if latency <= FLAT * self._best:
            self._raised = 0
            self.limit = min(self._maximum, 2 * self.limit if self._doubles else self.limit + 1)
            return
        self._doubles = False
        self._raised += 1
        if self._raised == PATIENCE:
            self._best, self._raised = inf, 0
            self._decrease(now)

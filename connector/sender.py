"""Sends one body until the destination answers for good or we give up; runs in the workers."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from connector.answer import Answer, Outcome, Reader, Response
from connector.budget import RollingBudget
from connector.config import Delivery
from connector.retry import delay
from connector.transport import Transport


class Sender:
    """Shared by all workers: attempts, back-off, budgets, and the pause that a 429 asks for."""

    def __init__(
        self,
        transport: Transport,
        read: Reader,
        options: Delivery,
        budgets: Sequence[tuple[RollingBudget, bool]],
    ) -> None:
        """`budgets` are rolling windows, each with whether it counts bytes (or else requests)."""
        self._transport = transport
        self._read = read
        self._options = options
        self._budgets = budgets
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._deadline = time.monotonic() + options.deadline
        self.stopping = threading.Event()
        self.signal: int | None = None
        self._interrupted_at = 0.0
        self.requests = 0
        self.retries = 0
        self.bytes = 0

    def interrupt(self, number: int) -> None:
        """Start nothing more: a signal came. What is in flight may take the configured grace period."""
        self.signal = number
        self._interrupted_at = time.monotonic()
        self.stopping.set()

    def is_overdue(self) -> bool:
        """Return whether the grace period after a signal is over."""
        return (
            self.signal is not None
            and time.monotonic() > self._interrupted_at + self._options.grace
        )

    def send(self, body: bytes, attempts: int) -> Answer | None:
        """Return the final answer, in doubt when any attempt may have been stored; None when nothing was sent."""
        answer = None
        for attempt in range(attempts):
            if not self._may_send(len(body)):
                break
            response = self._count(body, attempt)
            latest = response if isinstance(response, Answer) else self._read(response)
            answer = replace(
                latest, in_doubt=latest.in_doubt or (answer is not None and answer.in_doubt)
            )
            if answer.outcome is not Outcome.RETRY or attempt + 1 == attempts:
                break
            if not self._back_off(attempt, answer):
                break
        return answer

    def _count(self, body: bytes, attempt: int) -> Response | Answer:
        with self._lock:
            self.requests += 1
            self.retries += attempt > 0
            self.bytes += len(body)
        return self._transport.post(body)

    def _back_off(self, attempt: int, answer: Answer) -> bool:
        """Wait before the next attempt; false when the run's deadline comes first or the run is stopping."""
        seconds = delay(attempt, random.random(), answer.retry_after)  # noqa: S311 - jitter
        now = time.monotonic()
        if now + seconds > self._deadline:
            return False
        if answer.status == 429:  # noqa: PLR2004 - the limit is the key's, so it holds for every worker
            with self._lock:
                self._not_before = max(self._not_before, now + seconds)
        return not self.stopping.wait(seconds)

    def _may_send(self, size: int) -> bool:
        """Wait until the budgets allow another request of `size` bytes; false when the run is stopping."""
        while not self.stopping.is_set():
            with self._lock:
                now = time.monotonic()
                waits = [
                    budget.wait(now, size if is_bytes else 1) for budget, is_bytes in self._budgets
                ]
                seconds = max([self._not_before - now, *waits])
                if seconds <= 0:
                    for budget, is_bytes in self._budgets:
                        budget.spend(now, size if is_bytes else 1)
                    return True
            self.stopping.wait(seconds)
        return False

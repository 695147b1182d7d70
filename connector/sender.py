"""Sends one body until the destination answers for good or we give up; runs in the workers."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from connector.answer import Answer, Outcome, Reader, Response
from connector.budget import RollingBudget
from connector.retry import delay
from connector.settings import Delivery
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
        """Prepare; `budgets` are rolling windows, each with whether it counts bytes or requests."""
        self._transport = transport
        self._read = read
        self.options = options
        self._budgets = budgets
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._deadline = time.monotonic() + options.deadline
        self._stopping = threading.Event()
        self.signal: int | None = None
        self._interrupted_at = 0.0
        self.requests = 0
        self.retries = 0
        self.bytes = 0

    def interrupt(self, number: int) -> None:
        """Note that a signal came: what is in flight may take the configured grace period.

        It runs within a signal handler, so it takes no lock that the main thread may hold.
        """
        self._interrupted_at = time.monotonic()
        self.signal = number

    def stop(self) -> None:
        """Start nothing more, and end every wait."""
        self._stopping.set()

    def stops(self) -> bool:
        """Return whether nothing more may start."""
        if self.signal:
            self.stop()
        return self._stopping.is_set()

    def is_overdue(self) -> bool:
        """Return whether the grace period after a signal is over."""
        return (
            self.stops()
            and self.signal is not None
            and time.monotonic() > self._interrupted_at + self.options.grace
        )

    def send(self, body: bytes, attempts: int) -> Answer | None:
        """Return the final answer, or None when nothing was sent.

        It is in doubt when any attempt may have been stored.
        """
        answer = None
        for attempt in range(attempts):
            if not self._may_send(len(body)):
                break
            response = self._post(body, attempt)
            latest = response if isinstance(response, Answer) else self._read(response)
            in_doubt = latest.in_doubt or (answer is not None and answer.in_doubt)
            answer = replace(latest, in_doubt=in_doubt)
            if answer.outcome is not Outcome.RETRY or attempt + 1 == attempts:
                break
            if not self._back_off(attempt, answer):
                break
        return answer

    def _post(self, body: bytes, attempt: int) -> Response | Answer:
        with self._lock:
            self.requests += 1
            self.retries += attempt > 0
            self.bytes += len(body)
        try:
            return self._transport.post(body)
        finally:
            with self._lock:
                for budget, is_bytes in self._budgets:
                    budget.settle(time.monotonic(), len(body) if is_bytes else 1)

    def _back_off(self, attempt: int, answer: Answer) -> bool:
        """Wait before the next attempt; false when the deadline or the end of the run is nearer."""
        seconds = delay(attempt, random.random(), answer.retry_after)  # noqa: S311 - jitter
        now = time.monotonic()
        if now + seconds > self._deadline:
            return False
        if answer.status == 429 or answer.retry_after is not None:  # noqa: PLR2004
            # Not only this request is unwelcome: the limit is the key's.
            with self._lock:
                self._not_before = max(self._not_before, now + seconds)
        return not self._stopping.wait(seconds)

    def _may_send(self, size: int) -> bool:
        """Wait until the budgets allow `size` more bytes; false when the run is stopping."""
        while not self._stopping.is_set():
            with self._lock:
                seconds = self._wait(size)
                if seconds <= 0:
                    for budget, is_bytes in self._budgets:
                        budget.hold(size if is_bytes else 1)
                    return True
            self._stopping.wait(seconds)
        return False

    def _wait(self, size: int) -> float:
        now = time.monotonic()
        waits = [budget.wait(now, size if is_bytes else 1) for budget, is_bytes in self._budgets]
        return max([self._not_before - now, *waits])

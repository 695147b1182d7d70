"""Sends one body until the destination answers for good or we give up; runs in the workers."""

import itertools
import random
import threading
import time
from dataclasses import replace

from connector.http.answer import Answer, Outcome, Reader
from connector.http.gate import Gate
from connector.http.journal import Attempt, Journal
from connector.http.retry import delay, doubled
from connector.http.transport import Transport
from connector.settings.settings import Delivery


class Sender:
    """Shared by all workers: attempts, back-off, and the log of each request."""

    def __init__(
        self,
        transport: Transport,
        read: Reader,
        options: Delivery,
        gate: Gate,
        journal: Journal,
    ) -> None:
        """Prepare; the deadline counts from now on."""
        self._transport = transport
        self._read = read
        self.options = options
        self._gate = gate
        self._journal = journal
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._deadline = time.monotonic() + options.deadline
        self._stopping = threading.Event()
        self.signal: int | None = None
        self._interrupted_at = 0.0
        self.requests = 0
        self.retries = 0
        self.bytes = 0

    @property
    def workers(self) -> int:
        """Return how many requests may be under way at present."""
        return self._gate.workers

    def interrupt(self, number: int) -> None:
        """Note that a signal came: what is in flight may take the configured grace period.

        It runs within a signal handler, so it takes no lock that the main thread may hold.
        """
        self._interrupted_at = time.monotonic()
        self.signal = number

    def stop(self) -> None:
        """Start nothing more, and end every wait."""
        self._stopping.set()
        self._gate.close()

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

    def send(self, body: bytes, attempts: int, batch: tuple[int, int]) -> Answer | None:
        """Return the final answer, or None when nothing was sent.

        `batch` is the number of the batch and how many orders of it are in the body. The answer is
        in doubt when any attempt may have been stored. A 429 that says when to come back is no
        failed attempt; only the run's deadline ends that.
        """
        answer, failed = None, 0
        for attempt in itertools.count():
            latest = self._try(body, attempt, batch)
            if latest is None:
                break
            in_doubt = latest.in_doubt or (answer is not None and answer.in_doubt)
            earlier = answer.on_wire_at if answer else None
            answer = replace(latest, in_doubt=in_doubt, on_wire_at=latest.on_wire_at or earlier)
            failed += not _says_when(answer)
            if answer.outcome is not Outcome.RETRY or failed == attempts:
                break
            if not self._back_off(attempt, answer):
                break
        return answer

    def _try(self, body: bytes, attempt: int, batch: tuple[int, int]) -> Answer | None:
        """Send once, as soon as the limits allow, and notify observers."""
        request_id = self._journal.name(next(self._numbers))
        if not self._gate.enter(request_id, len(body)):
            return None
        answer, workers, began = None, self._gate.workers, time.monotonic()
        self._count(len(body), attempt)
        try:
            self._journal.begins()
            answer = self._answer(body)
        finally:
            self._gate.leave(request_id, len(body), began, answer)
        seconds = round(time.monotonic() - began, 3)
        told = (answer.status, answer.outcome.value, len(body), batch[1], seconds)
        self._journal.answered(Attempt(request_id, batch[0], attempt + 1, *told))
        if self._gate.workers != workers:
            self._journal.adapted(self._gate.workers)
        return replace(answer, request_id=request_id, on_wire_at=self._on_wire_at(answer, seconds))

    def _answer(self, body: bytes) -> Answer:
        """Post; what cannot be understood, for whatever reason, may all the same be stored."""
        response = self._transport.post(body)
        if isinstance(response, Answer):
            return response
        try:
            return self._read(response)
        except Exception as error:  # noqa: BLE001 - a project's own reader may raise anything
            message = f"the answer could not be read ({type(error).__name__})"
            return Answer(Outcome.RETRY, response.status, message, in_doubt=True)

    def _on_wire_at(self, answer: Answer, seconds: float) -> float | None:
        """Return when a request that took some seconds may last have been on its way, if it may.

        What comes from in between, such as a gateway, says nothing of the server behind it; one
        that has not answered in time had the request that long.
        """
        if not (answer.in_doubt and answer.outcome is Outcome.RETRY):
            return None
        patience = self.options.read_timeout
        return time.time() - (patience if seconds >= patience else 0.0)

    def goes_on(self, *, is_flying: bool) -> None:
        """Note now and then that requests are still under way, if some are."""
        if is_flying:
            self._journal.goes_on()

    def outlasts(self, answer: Answer) -> bool:
        """Return whether an answer asks to wait until after the deadline."""
        after = answer.retry_after
        return after is not None and time.monotonic() + after > self._deadline

    def _count(self, size: int, attempt: int) -> None:
        with self._lock:
            self.requests += 1
            self.retries += attempt > 0
            self.bytes += size

    def _back_off(self, attempt: int, answer: Answer) -> bool:
        """Wait before the next attempt; false when the deadline or the end of the run is nearer."""
        after = answer.retry_after
        if after is None and answer.pause:
            after = doubled(attempt, *answer.pause)
        seconds = delay(attempt, random.random(), after)  # noqa: S311 - jitter
        now = time.monotonic()
        if now + seconds > self._deadline:
            return False
        if answer.status == 429 or answer.retry_after is not None:  # noqa: PLR2004
            self._gate.pause(now + seconds)
        return not self._stopping.wait(seconds)


def _says_when(answer: Answer) -> bool:
    """Return whether a limit was met and the server said for how long."""
    return answer.status == 429 and bool(answer.retry_after)  # noqa: PLR2004

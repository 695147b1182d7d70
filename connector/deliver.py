"""Batches → workers → answers → ledger.

The main thread alone touches DuckDB; the workers only send.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from connector.answer import Answer, Outcome
from connector.config import Delivery
from connector.ending import interrupted, stopped
from connector.errors import ConnectorError
from connector.ledger import Ledger, Scope
from connector.parts import Part, Parts
from connector.refusals import Refusals
from connector.sender import Sender

AGAIN = 2  # attempts for a part of a batch that already used up its own
EXHAUSTED = 3  # parts in a row without an answer: the destination is unavailable

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Delivered:
    """What a delivery has done so far, in orders."""

    delivered: int = 0
    refused: int = 0
    unanswered: int = 0
    error: ConnectorError | None = None
    reasons: dict[str, int] = field(default_factory=dict)  # the API's own words → orders


class Deliverer:
    """Delivers the plan in `work.planned`; one instance a run."""

    def __init__(
        self,
        ledger: Ledger,
        scope: Scope,
        run_id: int,
        parts: Parts,
        sender: Sender,
        options: Delivery,
        report: Callable[[Delivered], None],
    ) -> None:
        """Prepare; `report` is called at least once a second with what was done so far."""
        self._ledger, self._scope, self._run_id = ledger, scope, run_id
        self._parts, self._sender, self._options, self._report = parts, sender, options, report
        self._refusals = Refusals(ledger, scope, run_id, parts)
        self._waiting: deque[tuple[Part, int]] = deque()  # with the attempts that a part may take
        self._flying: dict[Future[Answer | None], Part] = {}
        self._exhausted = 0
        self.done = Delivered()

    def run(self) -> Delivered:
        """Send all that can be sent; `error` says why a run ended early, nothing is raised for it."""
        self._waiting.extend((part, self._options.attempts) for part in self._parts.batches())
        pool = ThreadPoolExecutor(self._options.concurrency, thread_name_prefix="sender")
        try:
            while self._goes_on():
                self._fill(pool)
                self._land()
                self._count()
                self._report(self.done)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        self._close()
        return self.done

    def _goes_on(self) -> bool:
        if self._sender.is_overdue():
            return False
        return bool(self._flying) or (bool(self._waiting) and not self._sender.stopping.is_set())

    def _fill(self, pool: ThreadPoolExecutor) -> None:
        """Keep one body ready for each worker beyond the one it is sending."""
        while self._waiting and len(self._flying) < 2 * self._options.concurrency:
            if self._sender.stopping.is_set():
                return
            part, attempts = self._next()
            self._flying[pool.submit(self._sender.send, self._parts.body(part), attempts)] = part

    def _next(self) -> tuple[Part, int]:
        """Return the next part, with its attempts.

        As long as orders were refused and none was accepted, look at the far end of the largest
        part, so that a few bad orders at the front are not mistaken for a fault of everything.
        """
        if not self._refusals.is_suspicious:
            return self._waiting.popleft()
        index = max(range(len(self._waiting)), key=lambda i: self._waiting[i][0].orders)
        part, attempts = self._waiting[index]
        if part.orders == 1:
            del self._waiting[index]
            return part, attempts
        rest, one = self._parts.last_one(part)
        self._waiting[index] = (rest, attempts)
        return one, attempts

    def _land(self) -> None:
        if not self._flying:
            return
        landed, _ = wait(self._flying, timeout=1.0, return_when=FIRST_COMPLETED)
        for future in landed:
            self._settle(self._flying.pop(future), future.result())

    def _settle(self, part: Part, answer: Answer | None) -> None:
        if answer is None:
            self._waiting.appendleft((part, self._options.attempts))
            return
        facts = {"run_id": self._run_id, "batch_id": part.batch, "orders": part.orders}
        log.info("batch %s", answer.outcome.value, extra=facts | {"status": answer.status})
        moves = {
            Outcome.DELIVERED: self._deliver,
            Outcome.REFUSED: self._refuse,
            Outcome.SPLIT: self._split,
            Outcome.RETRY: self._give_up,
            Outcome.CREDENTIALS: self._stop,
            Outcome.STOP: self._stop,
        }
        moves[answer.outcome](part, answer)

    def _deliver(self, part: Part, answer: Answer) -> None:
        rest = self._refusals.note(part, answer) if answer.refused else part
        self._exhausted = 0
        if rest.orders:
            self._ledger.deliver(self._scope, self._run_id, rest.values(), answer.status)
            self.done.delivered += rest.orders
            self._refusals.accept()
        else:
            self._weigh(answer)

    def _refuse(self, part: Part, answer: Answer) -> None:
        rest = self._refusals.note(part, answer)
        if rest.orders == part.orders:  # it named only orders that are not in this part
            self._split(part, answer)
        elif rest.orders:
            self._waiting.appendleft((rest, self._options.attempts))
        else:
            self._weigh(answer)

    def _split(self, part: Part, answer: Answer) -> None:
        if part.orders == 1:
            self._refusals.note_only(part, answer)
            self._weigh(answer)
            return
        attempts = self._options.attempts
        first, second = self._parts.halves(part)
        self._waiting.extendleft(((second, attempts), (first, attempts)))

    def _give_up(self, part: Part, answer: Answer) -> None:
        """Nothing came of all attempts: try smaller parts as long as the destination takes others."""
        self._mark(part, answer)
        self._exhausted += 1
        answers = answer.status is not None and self.done.delivered and self._exhausted < EXHAUSTED
        if answers and part.orders > 1:
            self._waiting.extend((half, AGAIN) for half in self._parts.halves(part))
            return
        self.done.unanswered += part.orders
        if not answers:
            self._stop(part, answer)

    def _stop(self, part: Part, answer: Answer) -> None:
        self._mark(part, answer)
        words = self._parts.masked(part, {"": answer.message})[""]
        self._end(stopped(self._scope, answer, words))

    def _weigh(self, answer: Answer) -> None:
        """After orders were refused: record them, or stop when the fault cannot be theirs."""
        if not self._refusals.is_suspicious:
            self._refusals.record()
        elif fault := self._refusals.fault(answer.status):
            self._end(fault)

    def _end(self, error: ConnectorError) -> None:
        self._sender.stopping.set()
        self.done.error = self.done.error or error

    def _mark(self, part: Part, answer: Answer) -> None:
        if answer.in_doubt:
            self._parts.sent(part)

    def _count(self) -> None:
        self.done.refused, self.done.reasons = self._refusals.orders, self._refusals.reasons

    def _close(self) -> None:
        """Record what is left: late refusals, what may have arrived, what surely was not sent."""
        self._count()
        self._refusals.record()
        for future, part in self._flying.items():
            if not future.cancelled():
                self._parts.sent(part)
        if self._sender.signal:
            self._end(interrupted(self._sender.signal))
        self._ledger.unsend(self._scope, self._run_id)

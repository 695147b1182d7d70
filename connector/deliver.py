"""Batches → workers → answers → ledger. The main thread alone touches DuckDB; the workers only send."""

import re
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from connector.answer import Answer, Outcome
from connector.config import Delivery
from connector.errors import (
    ConnectorError,
    CredentialsRefusedError,
    DestinationUnavailableError,
    EverythingRefusedError,
    InterruptedRunError,
)
from connector.ledger import Ledger, Scope
from connector.parts import Part, Parts
from connector.sender import Sender

EVIDENCE = (
    5  # different orders refused with one message, and nothing accepted: the fault is not theirs
)
AGAIN = 2  # attempts for a part of a batch that already used up its own
EXHAUSTED = 3  # parts in a row that got no answer: the destination is unavailable


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

    def __init__(  # noqa: PLR0913 - what a run consists of
        self,
        ledger: Ledger,
        scope: Scope,
        run_id: int,
        parts: Parts,
        sender: Sender,
        options: Delivery,
        report: Callable[[Delivered], None],
    ) -> None:
        """`report` is called at least once a second with what was done so far."""
        self._ledger, self._scope, self._run_id = ledger, scope, run_id
        self._parts, self._sender, self._options, self._report = parts, sender, options, report
        self._waiting: deque[tuple[Part, int]] = deque()
        self._flying: dict[Future[Answer | None], Part] = {}
        self._evidence: list[str] = []
        self._exhausted = 0
        self.done = Delivered()

    def run(self) -> Delivered:
        """Send everything that can be sent; `error` says why a run ended early, and nothing is raised for that."""
        self._waiting.extend((part, self._options.attempts) for part in self._parts.batches())
        pool = ThreadPoolExecutor(self._options.concurrency, thread_name_prefix="sender")
        try:
            while self._goes_on():
                self._fill(pool)
                self._land()
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
        """Return the next part. As long as orders were refused and none accepted, look at the far end of the largest
        part, so that a few bad orders at the front are not mistaken for a fault that refuses everything.
        """
        if not self._evidence or self.done.delivered:
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
        rest = self._note(part, answer) if answer.refused else part
        self._exhausted = 0
        if rest.orders:
            self._ledger.deliver(self._scope, self._run_id, rest.values(), answer.status)
            self.done.delivered += rest.orders
            self._evidence.clear()
        self._record_refusals()

    def _refuse(self, part: Part, answer: Answer) -> None:
        rest = self._note(part, answer)
        if rest.orders == part.orders:  # it named only orders that are not in this part
            self._split(part, answer)
        elif rest.orders:
            self._waiting.appendleft((rest, self._options.attempts))
        else:
            self._weigh(answer)

    def _split(self, part: Part, answer: Answer) -> None:
        if part.orders > 1:
            first, second = self._parts.halves(part)
            self._waiting.extendleft(
                ((second, self._options.attempts), (first, self._options.attempts))
            )
            return
        named = Answer(
            answer.outcome, answer.status, answer.message, {self._parts.only(part): answer.message}
        )
        self._note(part, named)
        self._weigh(named)

    def _give_up(self, part: Part, answer: Answer) -> None:
        """No answer after all attempts: try smaller parts as long as others are taken, else the destination is down."""
        self._exhausted += 1
        if (
            answer.status is not None
            and part.orders > 1
            and self.done.delivered
            and self._exhausted < EXHAUSTED
        ):
            first, second = self._parts.halves(part)
            self._waiting.extend(((first, AGAIN), (second, AGAIN)))
            self._mark(part, answer)
            return
        self._mark(part, answer)
        self.done.unanswered += part.orders
        if answer.status is None or not self.done.delivered or self._exhausted >= EXHAUSTED:
            self._stop(part, answer)

    def _stop(self, part: Part, answer: Answer) -> None:
        self._mark(part, answer)
        self._sender.stopping.set()
        if self.done.error is None:
            kind = (
                CredentialsRefusedError
                if answer.outcome is Outcome.CREDENTIALS
                else DestinationUnavailableError
            )
            self.done.error = kind(answer.message)

    def _mark(self, part: Part, answer: Answer) -> None:
        if answer.in_doubt:
            self._parts.sent(part)

    def _note(self, part: Part, answer: Answer) -> Part:
        rest = self._parts.refuse(part, answer.refused, answer.status)
        if rest.orders < part.orders:
            for order_id, reason in answer.refused.items():
                words = _without(reason, order_id)
                self.done.reasons[words] = self.done.reasons.get(words, 0) + 1
                self._evidence.append(words)
            self.done.refused += part.orders - rest.orders
        return rest

    def _weigh(self, answer: Answer) -> None:
        """Stop when several orders were refused with one message and none was ever accepted; else record the refusals."""
        if self.done.delivered:
            self._record_refusals()
        elif len(self._evidence) >= EVIDENCE and len(set(self._evidence)) == 1:
            self._sender.stopping.set()
            self.done.refused = 0
            self.done.reasons.clear()
            self._parts.clear_unrecorded()
            self.done.error = EverythingRefusedError(
                f"the destination refused {len(self._evidence)} different orders with one message and accepted none: "
                f"{self._evidence[0]} (HTTP {answer.status}); correct the models or the settings, no order was marked as refused"
            )

    def _record_refusals(self) -> None:
        self._ledger.refuse(self._scope, self._run_id)

    def _close(self) -> None:
        """Record what is left: late refusals, what may have arrived, and what surely was not sent."""
        if not isinstance(self.done.error, EverythingRefusedError):
            self._record_refusals()
        for part in self._flying.values():
            self._parts.sent(part)
        if self._sender.signal and self.done.error is None:
            message = "interrupted; what was in flight was finished and recorded, the rest goes with the next run"
            self.done.error = InterruptedRunError(message, self._sender.signal)
        self._ledger.unsend(self._scope, self._run_id)


def _without(reason: str, order_id: str) -> str:
    """Return the reason without the order's own id and numbers, to tell whether two orders were refused for the same."""
    return re.sub(r"\d+", "…", reason.replace(order_id, "…"))

"""Chunks → batches → workers, which only send → answers → ledger."""

import random
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from connector.delivery.delivered import Delivered
from connector.delivery.errors import interrupted, stopped, unanswered
from connector.delivery.open_chunks import OpenChunks
from connector.delivery.parts import Part, Parts
from connector.delivery.patience import Patience
from connector.delivery.queue import Queue
from connector.delivery.recorder import Recorder
from connector.delivery.refusals import Refusals
from connector.exceptions import ConnectorError
from connector.http.answer import Answer, Outcome
from connector.http.sender import Sender
from connector.payloads.chunks import Chunks

AGAIN = 2  # attempts for a part of a batch that already used up its own
TICK = 0.2  # seconds until a signal is noticed


class Deliverer:
    """Delivers chunks as they are rendered; one instance per run."""

    def __init__(
        self, recorder: Recorder, parts: Parts, chunks: Chunks, sender: Sender, draw: random.Random
    ) -> None:
        """Prepare; nothing is sent yet."""
        self._recorder, self._parts, self._sender = recorder, parts, sender
        self._refusals = Refusals(recorder, parts)
        self._queue = Queue(parts, sender.options.attempts, draw)
        self._open_chunks = OpenChunks(recorder, chunks, self._queue)
        self._flying: dict[Future[Answer | None], Part] = {}
        self._patience = Patience()
        self.done = Delivered()

    def run(self, report: Callable[[Delivered], None]) -> Delivered:
        """Send all that can be sent; why a run ended early is not raised, but kept in `error`.

        `report` is called at least once a second with what was done so far.
        """
        pool = ThreadPoolExecutor(self._sender.options.concurrency, thread_name_prefix="sender")
        try:
            while self._goes_on():
                self._fill(pool)
                self._land()
                self._recorder.write_soon()
                self._open_chunks.release(self._flying.values())
                self._count()
                self._sender.goes_on(is_flying=bool(self._flying))
                report(self.done)
        except BaseException:
            self._sender.stop()
            self._recorder.write()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        self._close()
        return self.done

    def _goes_on(self) -> bool:
        if self._sender.is_overdue():
            return False
        waits = bool(self._queue) or bool(self._open_chunks)
        return bool(self._flying) or (waits and not self._sender.stops())

    def _fill(self, pool: ThreadPoolExecutor) -> None:
        """Keep one body ready for each worker beyond the one it is sending."""
        most = 2 * self._sender.options.concurrency
        is_suspicious = self._refusals.is_suspicious
        more = len(self._queue) <= (0 if is_suspicious else most)
        more |= is_suspicious and not self._open_chunks.is_wide
        if more and not self._sender.stops():
            self._open_chunks.more(TICK * (is_suspicious or not (self._queue or self._flying)))
        while self._queue and len(self._flying) < most:
            if self._sender.stops() or (is_suspicious and (self._flying or more)):
                return
            # Until something is accepted, probe single orders from the far end.
            part, attempts = self._queue.probe() if is_suspicious else self._queue.next()
            body, batch = self._parts.body(part), (part.batch, part.orders)
            self._flying[pool.submit(self._sender.send, body, attempts, batch)] = part

    def _land(self) -> None:
        if not self._flying:
            return
        landed, _ = wait(self._flying, timeout=TICK, return_when=FIRST_COMPLETED)
        for future in landed:
            self._handle_answer(self._flying.pop(future), future.result())

    def _handle_answer(self, part: Part, answer: Answer | None) -> None:
        if answer is None:
            self._queue.first(part)
            return
        self._note(part, in_doubt=answer.in_doubt, on_wire_at=answer.on_wire_at)
        if answer.outcome is not Outcome.RETRY:
            self._patience.renew()
        self._recorder.log(part, answer)
        moves = {
            Outcome.DELIVERED: self._deliver,
            Outcome.REFUSED: self._refuse,
            Outcome.SPLIT: self._split,
            Outcome.RETRY: self._give_up,
            Outcome.CREDENTIALS: self._stop,
            Outcome.STOP: self._stop,
            Outcome.DOUBT: self._leave,
        }
        moves[answer.outcome](part, answer)

    def _note(self, part: Part, *, in_doubt: bool, on_wire_at: float | None) -> None:
        """Note that a part may have been stored, and until when it may have been under way."""
        if in_doubt:
            self._parts.sent(part)
        if on_wire_at:
            self._recorder.linger(part, on_wire_at)

    def _deliver(self, part: Part, answer: Answer) -> None:
        rest = self._refusals.note(part, answer) if answer.refused else part
        if part.orders - rest.orders < len(answer.refused):
            self._ask_apart(part, rest, answer)
        elif rest.orders:
            self._recorder.deliver(rest, answer)
            self.done.delivered += rest.orders
            self._refusals.accept()
        else:
            self._weigh()

    def _ask_apart(self, part: Part, rest: Part, answer: Answer) -> None:
        """Some order was refused without a name: all may have arrived, none counts as delivered."""
        self._parts.sent(rest)
        if rest.orders == 1 < part.orders:  # nothing says that this one was refused
            self._queue.first(rest)
        elif rest.orders:
            self._split(rest, answer)
        else:
            self._weigh()

    def _refuse(self, part: Part, answer: Answer) -> None:
        rest = self._refusals.note(part, answer)
        if rest.orders == part.orders:  # it named only orders that are not in this part
            return self._split(part, answer)
        self._queue.rest(rest)
        return self._weigh()

    def _split(self, part: Part, answer: Answer) -> None:
        if part.orders > 1:
            self._refusals.note_unnamed()
            self._queue.first(*self._parts.halves(part))
            return
        self._refusals.note_only(part, answer)
        self._weigh()

    def _weigh(self) -> None:
        if fault := self._refusals.weigh():
            self._end(fault)

    def _give_up(self, part: Part, answer: Answer) -> None:
        """Nothing came of all attempts: smaller parts, as long as others are answered."""
        if self._sender.stops():  # the attempts were cut short, and what stopped the run says why
            return
        outlasts, is_taking = self._sender.outlasts(answer), self.done.delivered > 0
        if self._patience.is_over(answer, outlasts=outlasts, is_taking=is_taking):
            self._stop(part, answer)
        elif part.orders > 1:
            self._queue.last(self._parts.halves(part), AGAIN)
        else:
            self.done.unanswered += 1

    def _leave(self, part: Part, _: Answer) -> None:
        self.done.unanswered += part.orders

    def _stop(self, part: Part, answer: Answer) -> None:
        self._end(stopped(self._recorder.scope, answer, self._parts.words(part, answer)))

    def _end(self, error: ConnectorError) -> None:
        self._sender.stop()
        self.done.error = self.done.error or error

    def _count(self) -> None:
        self.done.refused, self.done.reasons = self._refusals.orders, self._refusals.reasons
        is_idle = not (self._flying or self._queue)
        self.done.wait = self._open_chunks.wait if is_idle else 0.0

    def _close(self) -> None:
        """Record what is left: late refusals, what may have arrived, what surely was not sent."""
        in_flight = [part for future, part in self._flying.items() if not future.cancelled()]
        for part in in_flight:
            self._note(part, in_doubt=True, on_wire_at=time.time())
        if self._sender.signal:
            self._end(interrupted(self._sender.signal, sum(part.orders for part in in_flight)))
        if fault := self._refusals.close(failed=self.done.error is not None):
            self._end(fault)
        if self.done.unanswered:
            self._end(unanswered(self._recorder.scope, self.done.unanswered))
        self._count()
        self._recorder.close()
        if self.done.error:  # else every order that was to be sent was answered
            self._recorder.unsend()

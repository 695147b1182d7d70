"""What a run writes into the ledger while it delivers."""

import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connector.delivery.parts import Part, together
from connector.http.answer import Answer
from connector.ledger.ledger import Ledger, Scope
from connector.payloads.chunks import Chunk
from connector.settings.kept import Kept

log = logging.getLogger(__name__)

SOON = 0.2  # seconds within which an answer is recorded, together with those that come after it


@dataclass(slots=True)
class _Open:
    """A chunk that is not settled: the number before its answers, and its batches taken whole."""

    first_answer: int
    taken: int = 0


@dataclass(slots=True)
class Recorder:
    """Records intents and outcomes; a transaction costs far more than an order in it."""

    ledger: Ledger
    scope: Scope
    run_id: int
    is_retry: bool = False  # of dead letters, whose refusal proves nothing new
    outcome: str = "delivered"  # what it means when the destination accepts an order
    refusal: str = "refused"  # and when it does not
    kept: Kept = Kept()  # noqa: RUF009 - frozen
    _taken: list[tuple[Part, Answer]] = field(default_factory=list, init=False)
    _open: dict[Chunk, _Open] = field(default_factory=dict, init=False)
    _lingers: bool = field(default=False, init=False)  # whether anything was noted as under way
    _since: float = field(default=0.0, init=False)  # when the first of them was taken

    def intend(self, chunk: Chunk) -> None:
        """Write the intent to send a chunk, before its first byte is sent."""
        first = self.ledger.intend(self.scope, self.run_id, chunk.values(), self.kept)
        self._open[chunk] = _Open(first)

    def forget(self, chunk: Chunk) -> None:
        """Drop the intents of a chunk that is settled, if all of it was not taken as it was."""
        self.write()
        if self._open[chunk].taken < len(chunk.batches):
            before = chunk.batches_before
            batches = (before + 1, before + len(chunk.batches))
            self.ledger.forget(self.scope, self.run_id, batches)
        del self._open[chunk]

    def deliver(self, part: Part, answer: Answer) -> None:
        """Note that the destination took a part, except the orders of it that it refused.

        It is recorded by `write_soon` or whatever else is written of the chunk's settlement.
        """
        if not self._taken:
            self._since = time.monotonic()
        self._taken.append((part, answer))

    def accepted(self) -> dict[str, Any]:
        """Return what marks in the ledger what was accepted: destination, environment, outcome."""
        return {**self.scope.values(), "outcome": self.outcome}

    def log(self, part: Part, answer: Answer) -> None:
        """Log what came of a part."""
        run = {"run_id": self.run_id, "batch_id": part.batch, "orders": part.orders}
        facts = {"status": answer.status, "request_id": answer.request_id}
        log.info("batch %s", answer.outcome.value, extra={**run, **facts})

    def linger(self, part: Part, seconds: float) -> None:
        """Note that a part may have been under way until then, in seconds since 1970."""
        moment = datetime.fromtimestamp(seconds, UTC)
        self.ledger.linger(self.scope, self.run_id, part.values(), moment)
        self._lingers = True

    def write_soon(self) -> None:
        """Record what was taken, if some of it has waited long enough."""
        if self._taken and time.monotonic() >= self._since + SOON:
            self.write()

    def write(self) -> None:
        """Record what was taken and is not recorded yet."""
        taken, self._taken = self._taken, []
        groups: dict[tuple[Chunk, int | None, bool], list[tuple[Part, Answer]]] = {}
        for part, answer in taken:
            groups.setdefault((part.chunk, answer.status, part.is_whole), []).append((part, answer))
        for (chunk, status, are_whole), group in groups.items():
            self._open[chunk].taken += len(group) if are_whole else 0
            request_ids = [answer.request_id for _, answer in group]
            facts = {"status": status, "request_ids": request_ids, "outcome": self.outcome}
            facts |= {"first_answer": self._open[chunk].first_answer}
            parts = together([part for part, _ in group])
            self.ledger.deliver(self.scope, self.run_id, parts, facts)

    def refuse(self) -> None:
        """Record the refusals that are not recorded yet."""
        self.ledger.refuse(self.scope, self.run_id, self.refusal)

    def close(self) -> None:
        """Record what was taken, that nothing else was, and what is not under way any more."""
        self.write()
        if self._open:
            self.ledger.forget(self.scope, self.run_id, None)
        self.ledger.settled(self.scope, self.run_id)
        if self._lingers:
            self.ledger.arrive(self.scope, self.run_id)

    def unsend(self) -> None:
        """Drop the payloads of the orders that surely were not sent."""
        self.ledger.unsend(self.scope, self.run_id)

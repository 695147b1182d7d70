"""Keeps the last calls in full, for the page: what arrived, and how it was judged."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from connector.sandbox.calls.judge import Problem

MOST = 500  # calls
MOST_BYTES = 64_000_000  # of their bodies and answers


@dataclass(frozen=True, slots=True)
class Arrival:
    """One call and its answer; `fault` is the kind of the fault that hit it, if one did.

    `body` is None if it was not read. Without a judgement, a fault answered before it, or the
    destination did not look into the body.
    """

    number: int
    destination: str
    method: str
    target: str
    body: bytes | None
    status: int
    answer: bytes
    label: str
    fault: str | None
    problems: Sequence[Problem]
    is_judged: bool
    is_kept: bool

    @property
    def bytes(self) -> int:
        """Return how much memory the texts take."""
        return len(self.body or b"") + len(self.answer)


class Arrivals:
    """The last calls to all destinations, as many as fit in little memory."""

    def __init__(self) -> None:
        self._calls: OrderedDict[int, Arrival] = OrderedDict()
        self._bytes = 0

    def note(self, arrival: Arrival) -> None:
        """Keep a call, and drop the oldest ones that no longer fit."""
        self._calls[arrival.number] = arrival
        self._bytes += arrival.bytes
        while len(self._calls) > MOST or self._bytes > MOST_BYTES:
            self._bytes -= self._calls.popitem(last=False)[1].bytes

    def get(self, number: int) -> Arrival | None:
        """Return a call by its number, None if it is not kept."""
        return self._calls.get(number)

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
        self._bytes = 0

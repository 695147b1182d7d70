"""The parts of batches that wait, and which of them is sent next."""

import random
from collections import deque
from collections.abc import Iterable

from connector.delivery.parts import Part, Parts
from connector.payloads.chunks import Chunk

RESTS = 5  # that are tried before single orders: an API may name one order of a batch at a time


class Queue:
    """The parts that are to be sent, each with the attempts that it may take."""

    def __init__(self, parts: Parts, attempts: int, draw: random.Random) -> None:
        """Begin empty; `attempts` is the number of attempts of a part without its own."""
        self._parts, self._attempts, self._draw = parts, attempts, draw
        self._queue: deque[tuple[Part, int]] = deque()
        self._rests: deque[tuple[Part, int]] = deque()  # they go before the queue
        self._tried = 0  # rests

    def __len__(self) -> int:
        return len(self._queue) + len(self._rests)

    def add(self, chunk: Chunk, bodies: Iterable[bytes]) -> None:
        """Put the batches of a chunk, each with its body or an empty one, after all others."""
        self.last(self._parts.batches(chunk, bodies), self._attempts)

    def first(self, *parts: Part) -> None:
        """Put parts before all others."""
        self._queue.extendleft((part, self._attempts) for part in reversed(parts))

    def rest(self, part: Part) -> None:
        """Put first what an answer did not name when it refused orders by name."""
        if part.orders:
            self._rests.append((part, self._attempts))

    def last(self, parts: Iterable[Part], attempts: int) -> None:
        """Put parts after all others."""
        self._queue.extend((part, attempts) for part in parts)

    def next(self) -> tuple[Part, int]:
        """Take the next part, with its attempts."""
        return (self._rests or self._queue).popleft()

    def chunks(self) -> set[Chunk]:
        """Return the chunks of the parts that wait."""
        return {part.chunk for waiting in (self._rests, self._queue) for part, _ in waiting}

    def probe(self) -> tuple[Part, int]:
        """Take what tells soonest whether anything is accepted.

        That is what was not named among refusals, and then one order drawn from all that wait:
        neighbours may share a fault.
        """
        if self._rests and self._tried < RESTS:
            self._tried += 1
            return self._rests.popleft()
        self._queue.extendleft(self._rests)
        self._rests.clear()
        orders = [part.orders for part, _ in self._queue]
        index = self._draw.choices(range(len(orders)), orders)[0]
        part, attempts = self._queue[index]
        del self._queue[index]
        if part.orders == 1:
            return part, attempts
        left, one = self._parts.around(part, self._draw.randrange(part.orders))
        for rest in reversed(left):
            self._queue.insert(index, (rest, attempts))
        return one, attempts

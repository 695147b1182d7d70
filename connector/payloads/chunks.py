"""Renders planned orders chunk by chunk in separate threads, ahead of sending."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any

import duckdb

from connector.compile import created, dropped
from connector.compile.rendering import facts
from connector.payloads.batch import Batch, with_bodies
from connector.payloads.late import Late
from connector.payloads.recipe import Recipe
from connector.payloads.renderers import Renderers
from connector.sql import Statements, run

statement = Statements(__file__)

AHEAD = 2  # chunks, at least, that are rendered ahead of the one being sent
FIRST_ROWS = 32_000  # in the first chunks, which show how large orders are
BYTES = 16_000_000  # of payloads in a chunk, about
ORDERS = 50_000  # in a chunk, at most
MEASURED = 20_000  # orders rendered at a time only for their MD5

Values = Mapping[str, Any]  # values to bind in SQL


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Successive orders of the plan, rendered and packed into batches.

    Its tables are `chunk` (position, batch, order_id, …) and `payloads` (position, payload, …).
    """

    number: int
    orders: int
    batches: tuple[Batch, ...] = ()
    batches_before: int = 0  # in the run
    oversized: bool = False  # whether some of its orders are too large for any batch

    def without_bodies(self) -> "Chunk":
        """Return the chunk without the bodies of its batches, to be kept until it is settled."""
        return replace(self, batches=tuple(replace(batch, body=b"") for batch in self.batches))

    def values(self) -> dict[str, Any]:
        """Return the values that the chunk binds in SQL."""
        return {
            "chunk": f"work.chunk_{self.number}",
            "payloads": f"work.payloads_{self.number}",
            "chunk_batches": len(self.batches),
            "batches_before": self.batches_before,
            "replaces": any(batch.replaces for batch in self.batches),
            "withdraws": any(batch.withdraws for batch in self.batches),
            "oversized": self.oversized,
        }


class Chunks:
    """The chunks of a step of the plan, oldest orders first; some are rendered ahead."""

    def __init__(
        self,
        renderers: Renderers,
        recipe: Recipe,
        orders: int,
        late: Late = Late(),  # noqa: B008 - frozen
        *,
        with_bodies: bool = True,
    ) -> None:
        """Start to render; `orders` counts the planned orders, `late` describes the last ones."""
        self._renderers, self._recipe, self._orders = renderers, recipe, orders
        self.late = late
        self._with_bodies = with_bodies
        self._numbers = iter(range(1, orders + 1))
        self._sent_to = 0  # position of the last order handed to a renderer
        self._taken_to = 0  # position of the last order taken
        self._rendered = [0, 0]  # orders and bytes so far
        self._coming: deque[Future[Chunk]] = deque()
        self.batches = 0  # in the run: what it had before may be added before the first is taken
        self.bytes = 0
        self._go_ahead()

    def __bool__(self) -> bool:
        return bool(self._coming)

    @property
    def wait(self) -> float:
        """Return the seconds to wait before the next chunk may be sent."""
        return self.late.seconds() if self._coming and self._is_late(self._taken_to + 1) else 0.0

    def __iter__(self) -> Iterator[Chunk]:
        while self._coming:
            chunk = self.take(None)
            if chunk is not None:
                yield chunk

    def take(self, seconds: float | None) -> Chunk | None:
        """Return the next chunk, or None when it is not ready within `seconds`."""
        try:
            chunk = self._coming[0].result(seconds)
        except NotYetError:
            return None
        self._coming.popleft()
        self._taken_to += chunk.orders
        chunk = replace(chunk, batches_before=self.batches)
        sizes = sum(batch.size for batch in chunk.batches)
        self.batches += len(chunk.batches)
        self.bytes += sizes
        self._rendered = [self._rendered[0] + chunk.orders, self._rendered[1] + sizes]
        self._go_ahead()
        return chunk

    def release(self, chunk: Chunk) -> None:
        """Drop the tables of a chunk."""
        for name in ("chunk", "payloads"):
            self._renderers.connection.execute(dropped("work", f"{name}_{chunk.number}"))

    def _go_ahead(self) -> None:
        ahead = max(AHEAD, self._renderers.threads)
        while len(self._coming) < ahead and self._sent_to < self._orders:
            first = self._sent_to + 1
            last = self._orders if self._is_late(first) else self._orders - self.late.orders
            self._sent_to = min(last, self._sent_to + self._size())
            number = next(self._numbers)
            make = self._renderers.pool.submit(self._make, number, first, self._sent_to)
            self._coming.append(make)

    def _is_late(self, position: int) -> bool:
        return position > self._orders - self.late.orders

    def _size(self) -> int:
        """Return how many orders the next chunk holds: whole batches, about BYTES."""
        orders, size = self._rendered
        first = int(FIRST_ROWS / self._recipe.rows)
        wanted = min(ORDERS, BYTES * orders // size) if size else first
        most = self._recipe.max_orders
        return max(most, wanted // most * most)

    def _make(self, number: int, first: int, last: int) -> Chunk:
        cursor, chunk = self._renderers.cursor(), Chunk(number, last - first + 1)
        values = {**chunk.values(), **self._recipe.values(), "start": first, "stop": last}
        values |= _ranks(cursor, self._recipe.table, values)
        rendered = (
            facts.successive(self._recipe.successive)
            if values["last"] - values["first"] == last - first
            else facts.positioned(self._recipe.payloads, self._recipe.table)
        )
        payloads = created("work", f"payloads_{number}", rendered)
        orders = run(cursor, payloads, values).fetchall()[0][0]
        run(cursor, statement("note_oversized"), values)
        run(cursor, created("work", f"chunk_{number}", statement("chunk")), values)
        rows = run(cursor, statement("chunk_batches"), values).fetchall()
        batches = tuple(starmap(Batch, rows))
        oversized = orders > sum(batch.orders for batch in batches)
        if self._with_bodies:
            around = (self._recipe.before, self._recipe.after)
            batches = tuple(with_bodies(cursor, values, batches, around))
        return replace(chunk, batches=batches, oversized=oversized)


def measure(renderers: Renderers, recipe: Recipe, orders: int) -> None:
    """Fill `work.rendered` and `work.oversized` for the orders of `plan.unsure`."""
    firsts = range(1, orders + 1, MEASURED)
    list(renderers.pool.map(lambda first: _measure(renderers, recipe, first), firsts))


def _measure(renderers: Renderers, recipe: Recipe, first: int) -> None:
    cursor = renderers.cursor()
    values = {**recipe.values(), "start": first, "stop": first + MEASURED - 1}
    values |= _ranks(cursor, "plan.unsure", values)
    run(cursor, facts.measured(recipe.payloads, recipe.retaken, recipe.as_sent), values)


def _ranks(cursor: duckdb.DuckDBPyConnection, table: str, values: Values) -> dict[str, int]:
    """Return the ranks of the orders of a table from position `start` to `stop`."""
    first, last = run(cursor, statement("ranks"), {**values, "table": table}).fetchall()[0]
    return {"first": first, "last": last}

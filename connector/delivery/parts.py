"""Parts of planned batches: their bodies, their halves, the orders of them that were refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from connector.delivery.masking import Masking
from connector.http.answer import Answer
from connector.payloads.batch import Batch
from connector.payloads.chunks import Chunk
from connector.sql import Statements

statement = Statements(__file__)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of positions in one batch of a chunk; `orders` counts those not refused."""

    chunk: Chunk
    batch: int  # of the run
    first: int
    last: int
    orders: int

    @property
    def is_whole(self) -> bool:
        """Return whether it is a batch of which nothing was cut off; orders may be refused."""
        return (self.first, self.last) == (self._planned.first, self._planned.last)

    @property
    def has_refused(self) -> bool:
        """Return whether it is a batch of which orders were refused."""
        return self.is_whole and self.orders < self._planned.orders

    @property
    def _planned(self) -> Batch:
        return self.chunk.batches[self.batch - self.chunk.batches_before - 1]

    def values(self) -> dict[str, Any]:
        """Return the values that the part binds in SQL."""
        batch = self.batch - self.chunk.batches_before
        own = {"batch": batch, "first": self.first, "last": self.last}
        return {**self.chunk.values(), **own}


def together(parts: Sequence[Part]) -> dict[str, Any]:
    """Return the values that parts of one chunk bind in SQL: all are whole batches, or none."""
    own = [part.values() for part in parts]
    lists = {f"{name}s": [values[name] for values in own] for name in ("first", "last")}
    batches = [values["batch"] for values in own]
    facts = {"batches": batches, "are_whole": parts[0].is_whole}
    facts["have_refused"] = any(part.has_refused for part in parts)
    return {**parts[0].chunk.values(), **lists, **facts}


class Parts:
    """Reads the tables of chunks and writes `work.refused` and `work.sent`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        masking: Masking,
        envelope: tuple[str, str],
    ) -> None:
        """Prepare; `envelope` is the JSON text before and after the orders of a body."""
        self._connection = connection
        self._envelope = dict(zip(("before", "after"), envelope, strict=True))
        self._masking = masking
        self._ready: dict[Part, bytes] = {}

    def batches(self, chunk: Chunk, bodies: Iterable[bytes]) -> list[Part]:
        """Return the batches of a chunk whole, oldest orders first.

        A body is let go of when it is sent: a chunk may stay for long after that.
        """
        before = chunk.batches_before
        found = [
            Part(chunk, before + batch.number, batch.first, batch.last, batch.orders)
            for batch in chunk.batches
        ]
        self._ready |= dict(zip(found, bodies, strict=True))
        return found

    def body(self, part: Part) -> bytes:
        """Return the request body of the orders of a part that were not refused."""
        return self._ready.pop(part, None) or bytes(self._rows("body", part)[0][0])

    def halves(self, part: Part) -> tuple[Part, Part]:
        """Return the two halves of a part of at least two orders."""
        return self._cut(part, part.orders // 2)

    def around(self, part: Part, place: int) -> tuple[list[Part], Part]:
        """Return what is left of a part of two orders or more, and the order at a place alone."""
        before, one = self._cut(part, place) if place else (None, part)
        one, after = self._cut(one, 1) if one.orders > 1 else (one, None)
        return [rest for rest in (before, after) if rest], one

    def refuse(
        self, part: Part, refused: Mapping[str, str], status: int | None, request_id: str
    ) -> tuple[list[str], Part]:
        """Note which orders of a part were refused by a request, given ids and reasons.

        Returns the reasons noted, since ids may be named that are not in the part, and the rest.
        """
        self._connection.execute(
            "create or replace temp table named as "
            "select unnest($ids) as order_id, unnest($reasons) as reason",
            {"ids": list(refused), "reasons": list(refused.values())},
        )
        noted = self._rows("refuse", part, status=status, request_id=request_id)
        rest = Part(part.chunk, part.batch, part.first, part.last, part.orders - len(noted))
        return [reason for (reason,) in noted], rest

    def masked(self, part: Part, texts: Mapping[str, str]) -> dict[str, str]:
        """Return an API's words, by order id, with the personal values of the orders replaced."""
        return self._masking.masked(part.values(), texts)

    def words(self, part: Part, answer: Answer) -> str:
        """Return what an answer says, masked; without a status the words are our own."""
        said = answer.message
        return self.masked(part, {"": said})[""] if answer.status is not None else said

    def only(self, part: Part) -> str:
        """Return the id of the one order of a part."""
        rows = self._rows("ids", part)
        return str(rows[0][0]) if rows else ""

    def blames(self, record: Mapping[str, Any]) -> bool:
        """Return whether the ledger says that the refusals not recorded yet are the orders' fault.

        The account has taken others before, and not each of these: the settings are right.
        `record` has destination, environment and the outcome that means so.
        """
        return bool(statement.rows(self._connection, "refusals_blamed", **record)[0][0])

    def sent(self, part: Part) -> None:
        """Note that a part, less what was refused before, may have arrived without an answer."""
        self._rows("sent", part)

    def clear_unrecorded(self) -> None:
        """Forget the refusals that are not in the ledger yet."""
        self._connection.execute("delete from work.refused where not is_recorded")

    def _cut(self, part: Part, orders: int) -> tuple[Part, Part]:
        self._ready.pop(part, None)
        rows = self._rows("cut", part, orders=orders)
        middle = rows[0][0] if rows else part.last
        return (
            Part(part.chunk, part.batch, part.first, middle, orders),
            Part(part.chunk, part.batch, middle + 1, part.last, part.orders - orders),
        )

    def _rows(self, name: str, part: Part, **values: Any) -> list[Any]:
        bound = {**part.values(), **self._envelope, **values}
        return statement.rows(self._connection, name, **bound)

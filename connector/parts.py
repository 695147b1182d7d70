"""Parts of planned batches: their bodies, their halves, the orders of them that were refused."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from connector.compile.mask import personal_values
from connector.contract import Contract
from connector.redact import mask, plain, searched
from connector.sql import statement


@dataclass(frozen=True, slots=True)
class Part:
    """A run of positions in one batch; `orders` counts those not refused."""

    batch: int
    first: int
    last: int
    orders: int

    def values(self) -> dict[str, int]:
        """Return the values that the part binds in SQL."""
        return {"batch": self.batch, "first": self.first, "last": self.last}


class Parts:
    """Reads `work.planned` and writes `work.refused` and `work.sent`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        envelope: tuple[str, str],
    ) -> None:
        """Prepare; `envelope` is the JSON text before and after the orders of a body."""
        self._connection = connection
        self._envelope = dict(zip(("before", "after"), envelope, strict=True))
        self._personal_values = personal_values(contract)

    def batches(self) -> list[Part]:
        """Return every batch whole, oldest orders first."""
        rows = self._connection.execute(
            "select batch, min(position), max(position), count(*) from work.planned "
            "group by batch order by batch"
        ).fetchall()
        return [Part(*row) for row in rows]

    def body(self, part: Part) -> bytes:
        """Return the request body of the orders of a part that were not refused."""
        values = {**part.values(), **self._envelope}
        row = self._connection.execute(statement("body"), values).fetchone()
        return bytes(row[0]) if row else b""

    def halves(self, part: Part) -> tuple[Part, Part]:
        """Return the two halves of a part of at least two orders."""
        return self._cut(part, part.orders // 2)

    def last_one(self, part: Part) -> tuple[Part, Part]:
        """Return a part of two orders or more without its last order, and that order alone."""
        return self._cut(part, part.orders - 1)

    def refuse(
        self, part: Part, refused: Mapping[str, str], status: int | None
    ) -> tuple[list[str], Part]:
        """Note which orders of a part were refused, given ids and reasons.

        Returns the reasons noted, since ids may be named that are not in the part, and the rest.
        """
        self._connection.execute(
            "create or replace temp table named as "
            "select unnest($ids) as order_id, unnest($reasons) as reason",
            {"ids": list(refused), "reasons": list(refused.values())},
        )
        values = {**part.values(), "status": status}
        noted = self._connection.execute(statement("refuse"), values).fetchall()
        rest = Part(part.batch, part.first, part.last, part.orders - len(noted))
        return [reason for (reason,) in noted], rest

    def masked(self, part: Part, texts: Mapping[str, str]) -> dict[str, str]:
        """Return an API's words, by order id, with the personal values of the orders replaced."""
        words = {order_id: plain(text) for order_id, text in texts.items()}
        values = {**part.values(), "text": searched("\n".join(set(words.values())))}
        found = self._connection.execute(self._personal_values, values).fetchall()
        return {order_id: mask(text, found) for order_id, text in words.items()}

    def only(self, part: Part) -> str:
        """Return the id of the one order of a part."""
        row = self._connection.execute(statement("ids"), part.values()).fetchone()
        return str(row[0]) if row else ""

    def sent(self, part: Part) -> None:
        """Note that a part, less what was refused before, may have arrived without an answer."""
        self._connection.execute(statement("sent"), part.values())

    def clear_unrecorded(self) -> None:
        """Forget the refusals that are not in the ledger yet."""
        self._connection.execute("delete from work.refused where not is_recorded")

    def _cut(self, part: Part, orders: int) -> tuple[Part, Part]:
        row = self._connection.execute(
            statement("cut"), {**part.values(), "orders": orders}
        ).fetchone()
        middle = row[0] if row else part.last
        return (
            Part(part.batch, part.first, middle, orders),
            Part(part.batch, middle + 1, part.last, part.orders - orders),
        )


class Waiting:
    """The parts that are to be sent, each with the attempts that it may take."""

    def __init__(self, parts: Parts, attempts: int) -> None:
        """Begin with every batch; `attempts` is what a part may take unless it is said."""
        self._parts, self._attempts = parts, attempts
        self._queue = deque((part, attempts) for part in parts.batches())

    def __bool__(self) -> bool:
        return bool(self._queue)

    def first(self, *parts: Part) -> None:
        """Put parts before all others."""
        self._queue.extendleft((part, self._attempts) for part in reversed(parts))

    def last(self, parts: Iterable[Part], attempts: int) -> None:
        """Put parts after all others."""
        self._queue.extend((part, attempts) for part in parts)

    def next(self) -> tuple[Part, int]:
        """Take the next part, with its attempts."""
        return self._queue.popleft()

    def probe(self) -> tuple[Part, int]:
        """Take the one order at the far end of the largest part.

        It is the least likely to share its fault with orders at the front.
        """
        index = max(range(len(self._queue)), key=lambda i: self._queue[i][0].orders)
        part, attempts = self._queue[index]
        if part.orders == 1:
            del self._queue[index]
            return part, attempts
        rest, one = self._parts.last_one(part)
        self._queue[index] = (rest, attempts)
        return one, attempts

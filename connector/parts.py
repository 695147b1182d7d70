"""Parts of planned batches: their bodies, their halves, and the orders of them that were refused."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from connector.compile.mask import personal_values
from connector.contract import Contract
from connector.redact import mask
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

    def __init__(self, connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
        self._connection = connection
        self._personal_values = personal_values(contract)

    def batches(self) -> list[Part]:
        """Return every batch whole, oldest orders first."""
        rows = self._connection.execute(
            "select batch, min(position), max(position), count(*) from work.planned group by batch order by batch"
        ).fetchall()
        return [Part(*row) for row in rows]

    def body(self, part: Part) -> bytes:
        """Return the request body of the orders of a part that were not refused."""
        row = self._connection.execute(statement("body"), part.values()).fetchone()
        return row[0] if row else b"[]"

    def halves(self, part: Part) -> tuple[Part, Part]:
        """Return the two halves of a part of at least two orders."""
        return self._cut(part, part.orders // 2)

    def last_one(self, part: Part) -> tuple[Part, Part]:
        """Return a part of two orders or more without its last order, and that order alone."""
        return self._cut(part, part.orders - 1)

    def refuse(self, part: Part, refused: Mapping[str, str], status: int | None) -> Part:
        """Note the refused orders of a part, by id with the reason, and return the rest of it."""
        self._connection.execute(
            "create or replace temp table named as select unnest($ids) as order_id, unnest($reasons) as reason",
            {"ids": list(refused), "reasons": list(refused.values())},
        )
        self._connection.execute(statement("refuse"), {**part.values(), "status": status})
        return self._count(part.batch, part.first, part.last)

    def masked(self, part: Part, texts: Mapping[str, str]) -> dict[str, str]:
        """Return an API's words, by order id, with the personal values of the orders replaced."""
        values = {**part.values(), "text": "\n".join(set(texts.values()))}
        found = self._connection.execute(self._personal_values, values).fetchall()
        return {order_id: mask(text, found) for order_id, text in texts.items()}

    def only(self, part: Part) -> str:
        """Return the id of the one order of a part."""
        row = self._connection.execute(statement("ids"), part.values()).fetchone()
        return str(row[0]) if row else ""

    def sent(self, part: Part) -> None:
        """Note that the orders of a part may have arrived without an answer that says so."""
        self._connection.execute(
            "insert into work.sent values ($batch, $first, $last)", part.values()
        )

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

    def _count(self, batch: int, first: int, last: int) -> Part:
        values = {"batch": batch, "first": first, "last": last}
        row = self._connection.execute(
            f"select count(*) from ({statement('ids')})", values
        ).fetchone()
        return Part(batch, first, last, row[0] if row else 0)

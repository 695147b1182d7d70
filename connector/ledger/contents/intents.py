"""Intents to send orders, written before the first byte is sent, and what becomes of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector.engine.scope import Scope
from connector.ledger.beside import stamps
from connector.ledger.contents.run_log import RunLog, now, stamped
from connector.settings.kept import Kept
from connector.sql import Statements

statement = Statements(__file__)

_ALL = (1, 2**31 - 1)  # batches


class Intents(RunLog):
    """The intents of an attached ledger; every method is one transaction, see `Ledger`."""

    def intend(self, scope: Scope, run_id: int, chunk: Mapping[str, Any], kept: Kept) -> int:
        """Write the intent to send the orders of a chunk, before its first byte is sent.

        Also what is kept of them, and which are too large to be sent. Returns the number before
        that of the answer to its first batch.
        """
        last = self._last_answer()
        sql = intents(chunk, kept)
        if chunk["oversized"]:
            sql = f"{sql};\n{statement('too_large')}"
        facts = {**scope.values(), **chunk, **kept.values(), "run_id": run_id, "last_answer": last}
        self.transact(stamped(sql), **facts, recorded_at=now())
        self.flush()
        stamps.write(self.path, self.stamp())
        return last

    def forget(self, scope: Scope, run_id: int, batches: tuple[int, int] | None) -> None:
        """Drop the intents of batches that are settled, the first to the last; None: all of a run.

        Those of `work.sent` stay in doubt.
        """
        first, last = batches or _ALL
        self.transact(
            statement("forget"), **scope.values(), run_id=run_id, first_batch=first, last_batch=last
        )

    def settled(self, scope: Scope, run_id: int) -> None:
        """Drop the requests of a run in which every batch was taken whole: it left no intent."""
        self.transact(statement("settled"), **scope.values(), run_id=run_id)

    def linger(self, scope: Scope, run_id: int, part: Mapping[str, Any], moment: datetime) -> None:
        """Record that the orders of a part may have been under way until then."""
        self.transact(statement("linger"), **scope.values(), run_id=run_id, moment=moment, **part)

    def arrive(self, scope: Scope, run_id: int) -> None:
        """Record that nothing is under way of the orders of a run that were answered after all."""
        self.transact(statement("arrive"), **scope.values(), run_id=run_id)

    def unsend(self, scope: Scope, run_id: int) -> None:
        """Drop the payloads of orders that surely were not sent: those not in `work.sent`."""
        self.transact(statement("unsend"), **scope.values(), run_id=run_id)

    def _last_answer(self) -> int:
        """Return the largest number of an answer so far, intents included."""
        return int(statement.rows(self._connection, "last_answer")[0][0])


def intents(chunk: Mapping[str, Any], kept: Kept) -> str:
    """Return the statements that write the intent to send a chunk, and what is kept of it."""
    also = {
        "intend_back": chunk["withdraws"],
        "keep_payload": kept.whole,
        "steady_members": kept.steady and not chunk["batches_before"],
    }
    return statement("intend", *(name for name, is_due in also.items() if is_due))

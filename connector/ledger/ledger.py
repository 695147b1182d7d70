"""The durable memory: what was planned, what the destination answered, and so what is in doubt.

A DuckDB file, append-only; one process holds it at a time (`file` opens it). A run's number,
not the clock, says what came later. `sql/ledger_schema.sql` describes its tables.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connector.engine.scope import Scope
from connector.ledger import stamps
from connector.ledger.run_log import RunLog, now
from connector.settings.kept import Kept
from connector.sql import count, run, statement

__all__ = ["HISTORY_DAYS", "Ledger", "Scope"]

HISTORY_DAYS = 90  # how long superseded deliveries are kept
_ALL = (1, 2**31 - 1)  # batches
REFRESHED = 1_000_000  # orders whose row hash is renewed in one transaction


class Ledger(RunLog):
    """An attached ledger; every method is one transaction and raises LedgerError when it fails."""

    def note(self, scope: Scope, run_id: int) -> None:
        """Write what the plan found: `work.violations`, and the orders of `work.gone`."""
        self._run("ledger_note", scope, run_id=run_id, recorded_at=now())

    def intend(self, scope: Scope, run_id: int, chunk: Mapping[str, Any], kept: Kept) -> int:
        """Write the intent to send the orders of a chunk, before its first byte is sent.

        Also what is kept of them, and which are too large to be sent. Returns the number before
        that of the answer to its first batch.
        """
        last = self._last_answer()
        names = [*_intents(chunk, kept), *(["ledger_too_large"] if chunk["oversized"] else [])]
        facts = {**scope.values(), **chunk, **kept.values(), "run_id": run_id, "last_answer": last}
        self.transact(_sql(*names, "ledger_stamp"), **facts, recorded_at=now())
        self.flush()
        stamps.write(self.path, self.stamp())
        return last

    def forget(self, scope: Scope, run_id: int, batches: tuple[int, int] | None) -> None:
        """Drop the intents of batches that are settled, the first to the last; None: all of a run.

        Those of `work.sent` stay in doubt.
        """
        first, last = batches or _ALL
        self._run("ledger_forget", scope, run_id=run_id, first_batch=first, last_batch=last)

    def settled(self, scope: Scope, run_id: int) -> None:
        """Drop the requests of a run in which every batch was taken whole: it left no intent."""
        self._run("ledger_settled", scope, run_id=run_id)

    def deliver(
        self, scope: Scope, run_id: int, parts: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> None:
        """Record that the destination took parts of a chunk, except the orders it refused.

        `answer` has status, request_ids (one a part), outcome (`delivered`, or `removed` where the
        request took orders back) and first_answer, what `intend` returned.
        """
        facts = {**parts, **answer}
        if not parts["are_whole"]:
            facts["last_answer"] = self._last_answer()
        self._answer((), scope, run_id, facts)

    def adopt(
        self,
        scope: Scope,
        run_id: int,
        parts: Mapping[str, Any],
        answer: Mapping[str, Any],
        kept: Kept,
    ) -> None:
        """Record that the destination holds the batches of a chunk, without an intent before it."""
        last = self._last_answer()
        facts = {**parts, **answer, **kept.values(), "last_answer": last, "first_answer": last}
        self._answer(_intents(parts, kept), scope, run_id, facts)

    def linger(self, scope: Scope, run_id: int, part: Mapping[str, Any], moment: datetime) -> None:
        """Record that the orders of a part may have been under way until then."""
        self._run("ledger_linger", scope, run_id=run_id, moment=moment, **part)

    def arrive(self, scope: Scope, run_id: int) -> None:
        """Record that nothing is under way of the orders of a run that were answered after all."""
        self._run("ledger_arrive", scope, run_id=run_id)

    def refuse(self, scope: Scope, run_id: int, outcome: str) -> None:
        """Record the orders of `work.refused` that are not recorded yet.

        `outcome` is `refused`, or `removal_refused` where the request took orders back.
        """
        facts = {"run_id": run_id, "outcome": outcome, "last_answer": self._last_answer()}
        self._run("ledger_refuse", scope, **facts, recorded_at=now())
        self._connection.execute("update work.refused set is_recorded = true where not is_recorded")

    def unsend(self, scope: Scope, run_id: int) -> None:
        """Drop the payloads of orders that surely were not sent: those not in `work.sent`."""
        self._run("ledger_unsend", scope, run_id=run_id)

    def mark(self, scope: Scope, run_id: int, mark: Mapping[str, Any]) -> None:
        """Record up to where all is done: changed_at, salt, full_scan_at."""
        self._run("ledger_mark", scope, run_id=run_id, **mark)

    def unmark(self, scope: Scope) -> None:
        """Let the next run read everything, if what is to be sent would be lost otherwise."""
        self._run("ledger_unmark", scope)

    def settle(self, scope: Scope, run_id: int, *, has_payloads: bool, is_limited: bool) -> None:
        """Tidy up after a run; `has_payloads` says whether it kept what it sent.

        `is_limited` says that it did not send all that it read.

        Takes over the row hashes of orders whose payload proved unchanged, so that the next run
        need not render them, and the column prints of `work.prints` of the orders delivered; drops
        settled intents and deliveries long superseded.
        """
        candidates = count(self._connection, "work.ranked")
        for first in range(1, candidates + 1, REFRESHED):
            self._run("ledger_refresh", scope, first=first, last=first + REFRESHED - 1)
        self._run("ledger_pardon", scope)
        if candidates:
            facts = {"run_id": run_id, "last_answer": self._last_answer()}
            self._run("ledger_returned", scope, **facts, recorded_at=now())
            self._run("ledger_sample", scope, run_id=run_id)
        if candidates and has_payloads:
            self._run("ledger_last_payloads", scope, run_id=run_id)
        self._run("ledger_complete", scope, is_limited=is_limited)
        self._run("ledger_compact", scope, days=HISTORY_DAYS)

    def verified(self, scope: Scope, exit_code: int, counts: Mapping[str, Any]) -> None:
        """Record what a verification has found."""
        facts = {"exit_code": exit_code, "summary": json.dumps(counts), "recorded_at": now()}
        self._run("ledger_verified", scope, **facts)

    def _answer(
        self, before: Sequence[str], scope: Scope, run_id: int, facts: Mapping[str, Any]
    ) -> None:
        """Record an answer; the statements before it belong to the same transaction."""
        names = ["ledger_set_aside"] if facts["have_refused"] else []
        names += ["ledger_deliver" if facts["are_whole"] else "ledger_deliver_parts"]
        if facts["replaces"]:
            names += ["ledger_deliver_back"] if facts["are_whole"] else []
            names += ["ledger_supersede"]
        sql, recorded_at = _sql(*before, *names), now()
        self.transact(sql, **scope.values(), **facts, run_id=run_id, recorded_at=recorded_at)

    def _last_answer(self) -> int:
        """Return the largest number of an answer so far, intents included."""
        ((last,),) = run(self._connection, statement("ledger_last_answer"), {}).fetchall()
        return int(last)


def _intents(chunk: Mapping[str, Any], kept: Kept) -> list[str]:
    also = {
        "ledger_intend_back": chunk["replaces"],
        "ledger_keep_payload": kept.whole,
        "ledger_steady_members": kept.steady and not chunk["batches_before"],
    }
    return ["ledger_intend", *(name for name, is_due in also.items() if is_due)]


def _sql(*names: str) -> str:
    return "".join(map(statement, names))

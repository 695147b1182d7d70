"""The durable memory: what was planned, what the destination answered, and so what is in doubt.

A DuckDB file, append-only; one process holds it at a time (`file` opens it). A run's number,
not the clock, tells what came later. What its tables hold is said in `sql/ledger_schema.sql`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connector.engine.transactions import Scope
from connector.ledger import stamps
from connector.ledger.run_log import RunLog, now
from connector.sql import count, run, statement

__all__ = ["HISTORY_DAYS", "Ledger", "Scope"]

HISTORY_DAYS = 90  # how long superseded deliveries are kept
REFRESHED = 1_000_000  # orders whose row hash is renewed in one transaction


class Ledger(RunLog):
    """An attached ledger; every method is one transaction and raises LedgerError when it fails."""

    def note(self, scope: Scope, run_id: int) -> None:
        """Write what the plan found: `work.violations`, and the orders of `work.gone`."""
        self._run("ledger_note", scope, run_id=run_id, recorded_at=now())

    def intend(
        self, scope: Scope, run_id: int, chunk: Mapping[str, Any], also: Sequence[str]
    ) -> None:
        """Write the intent to send the orders of a chunk, before the first byte of it goes out.

        `also` names what else is written of them: payloads, amounts, that some are too large.
        """
        sql = "".join(map(statement, ("ledger_intend", *also, "ledger_stamp")))
        self.transact(sql, **scope.values(), **chunk, run_id=run_id, recorded_at=now())
        self.flush()
        stamps.write(self.path, self.stamp())

    def forget(self, scope: Scope, run_id: int, chunk: Mapping[str, Any]) -> None:
        """Drop the intents of a chunk that is settled, but not those of `work.sent`."""
        self._run("ledger_forget", scope, run_id=run_id, **chunk)

    def deliver(
        self,
        scope: Scope,
        run_id: int,
        parts: Mapping[str, Any],
        answer: Mapping[str, Any],
        also: Sequence[str] = (),
    ) -> None:
        """Record that the destination took parts of a chunk, except the orders it refused.

        `also` is as in `intend`, for what is recorded without an intent.

        `answer` has status, request_ids (one a part) and outcome: `delivered`, or `removed` where
        the request took orders back.
        """
        replaces = ("ledger_give_up", "ledger_supersede") if parts["replaces"] else ()
        sql = "".join(map(statement, (*also, "ledger_deliver", *replaces)))
        ((last,),) = run(self._connection, statement("ledger_last_answer"), {}).fetchall()
        facts = {**scope.values(), **parts, **answer, "run_id": run_id, "last_answer": last}
        self.transact(sql, **facts, recorded_at=now())

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
        self._run("ledger_refuse", scope, run_id=run_id, outcome=outcome, recorded_at=now())
        self._connection.execute("update work.refused set is_recorded = true where not is_recorded")

    def unsend(self, scope: Scope, run_id: int) -> None:
        """Forget the intent for orders that surely were not sent: those not in `work.sent`."""
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
            self._run("ledger_returned", scope, run_id=run_id, recorded_at=now())
            self._run("ledger_sample", scope, run_id=run_id)
        if candidates and has_payloads:
            self._run("ledger_last_payloads", scope, run_id=run_id)
        self._run("ledger_complete", scope, is_limited=is_limited)
        self._run("ledger_compact", scope, days=HISTORY_DAYS)

    def verified(self, scope: Scope, exit_code: int, counts: Mapping[str, Any]) -> None:
        """Record what a verification has found."""
        facts = {"exit_code": exit_code, "summary": json.dumps(counts), "recorded_at": now()}
        self._run("ledger_verified", scope, **facts)

"""The durable memory: what was planned, what the destination answered, and so what is in doubt.

A DuckDB file, append-only; one process holds it at a time (`ledger_file` opens it). A run's number,
not the clock, tells what came later. What its tables hold is said in `sql/ledger_schema.sql`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connector.engine.transactions import Scope, Transactions
from connector.ledger import holder, stamps, wire
from connector.ledger.stamps import Stamp
from connector.sql import count, run, statement

__all__ = ["HISTORY_DAYS", "Ledger", "Scope", "now"]

HISTORY_DAYS = 90  # how long superseded deliveries are kept
REFRESHED = 1_000_000  # orders whose row hash is renewed in one transaction


class Ledger(Transactions):
    """An attached ledger; every method is one transaction and raises LedgerError when it fails."""

    def stamp(self) -> Stamp:
        """Return how far the ledger came."""
        return Stamp(*run(self._connection, statement("ledger_own_stamp"), {}).fetchall()[0])

    def ahead(self) -> Stamp | None:
        """Return the stamp that is ahead of the ledger: it is older than it seems. Else None."""
        return stamps.ahead(self.path, self.stamp())

    def is_old(self, scope: Scope) -> bool:
        """Return whether the ledger was put back from a copy and nobody has said to go on."""
        unaccepted = run(self._connection, statement("ledger_is_old"), scope.values()).fetchall()
        return bool(unaccepted) or self.ahead() is not None

    def accept(self, scope: Scope) -> None:
        """Record that everything is sent again to a scope, as its ledger is an old one."""
        if self.is_old(scope):
            self._run("ledger_accept", scope)

    def distrust(self) -> None:
        """Let all be in doubt that the ledger says, if it is older than its stamps."""
        ahead = self.ahead()
        if ahead:
            self.transact(statement("ledger_distrust"), **_after(self.stamp(), ahead))

    def start(self, scope: Scope, command: str) -> int:
        """Record that a run begins, and that those without an end were killed; return its number.

        A ledger that is older than its stamps is not believed from then on: all that it says is in
        doubt.
        """
        own, ahead = self.stamp(), self.ahead()
        run_id = max(own.run_id, ahead.run_id if ahead else 0) + 1
        sent_by, sent_at = wire.last(self.path) or (None, None)
        facts = {"run_id": run_id, "command": command, "event": "started", "exit_code": None}
        facts |= {"summary": None, "recorded_at": now(), "sent_by": sent_by, "sent_at": sent_at}
        names = ["ledger_end_killed", "ledger_event", "ledger_stamp"]
        if ahead:
            names.append("ledger_distrust")
            facts |= _after(own, ahead)
        self.transact("".join(map(statement, names)), **scope.values(), **facts)
        stamps.write(self.path, self.stamp())
        holder.write(self.path, run_id)
        return run_id

    def finish(
        self, scope: Scope, run_id: int, command: str, exit_code: int, summary: Mapping[str, Any]
    ) -> None:
        """Record how a run ended."""
        ended = {"exit_code": exit_code, "summary": json.dumps(summary)}
        self._event(scope, run_id=run_id, command=command, event="finished", **ended)

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

    def cut_off(self, scope: Scope, run_id: int) -> None:
        """Record that whatever a run intended and was not answered may be under way until now."""
        self._run("ledger_cut_off", scope, run_id=run_id, recorded_at=now())

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

    def discard(self, scope: Scope, run_id: int) -> None:
        """Drop a run that nothing was planned in."""
        self._run("ledger_discard", scope, run_id=run_id)

    def _event(self, scope: Scope, **values: Any) -> None:
        facts = {"exit_code": None, "summary": None, "recorded_at": now(), **values}
        self._run("ledger_event", scope, **facts)


def _after(own: Stamp, ahead: Stamp) -> dict[str, Any]:
    """Return what a ledger goes on with that is older than a stamp."""
    run_id = max(own.run_id, ahead.run_id) + 1
    return {"run_id": run_id, "ledger": ahead.ledger, "sequence": ahead.sequence + 1}


def now() -> datetime:
    """Return the time of a record, for people to read; only what is compacted depends on it."""
    return datetime.now(UTC)

"""When runs begin and how they end, and how old the ledger is that says so."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from connector.engine.scope import Scope
from connector.engine.transactions import Transactions
from connector.exceptions import ConnectorError, LedgerError
from connector.ledger.beside import holder, last_request, noted_end, stamps
from connector.ledger.beside.stamps import Stamp
from connector.ledger.store import Store
from connector.sql import Statements, count

statement = Statements(__file__)


class RunLog(Transactions):
    """The runs of an attached ledger; every method is one transaction, see `Ledger`."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, store: Store | None = None
    ) -> None:
        """Take an attached ledger; without a store nothing is kept beside what DuckDB writes."""
        super().__init__(connection, path)
        self.store = store

    def transact(self, sql: str, **values: Any) -> None:
        """Run statements in one transaction, and let the store keep what they wrote."""
        super().transact(sql, **values)
        if self.store:
            self.store.append()

    def flush(self) -> None:
        """Return when all that was written survives the end of this machine."""
        if self.store:
            self.store.flush()

    def check(self) -> None:
        """Raise LedgerHeldError unless this run still holds the ledger; from any thread."""
        if self.store:
            self.store.check()

    def stamp(self) -> Stamp:
        """Return how far the ledger came."""
        return Stamp(*statement.rows(self._connection, "own_stamp")[0])

    def ahead(self) -> Stamp | None:
        """Return the stamp that is ahead of the ledger: it is older than it seems. Else None."""
        return stamps.ahead(self.path, self.stamp())

    def is_old(self, scope: Scope) -> bool:
        """Return whether the ledger was restored from a copy and no run has accepted that yet."""
        return was_restored(self._connection, scope) or self.ahead() is not None

    def accept(self, scope: Scope) -> None:
        """Record that everything is sent again to a scope, as its ledger is an old one."""
        if self.is_old(scope):
            self.transact(statement("accept"), **scope.values())

    def distrust(self) -> None:
        """Let all be in doubt that the ledger says, if it is older than its stamps."""
        ahead = self.ahead()
        if ahead:
            self.transact(statement("distrust"), **_after(self.stamp(), ahead))

    def start(self, scope: Scope, command: str) -> int:
        """Record that a run begins, and that those without an end were killed; return its number.

        A ledger that is older than its stamps is not believed from then on: all that it says is in
        doubt.
        """
        self.recover()
        noted_end.remove(self.path)
        own = self.stamp()
        ahead = stamps.ahead(self.path, own)
        run_id = max(own.run_id, ahead.run_id if ahead else 0) + 1
        facts = {"run_id": run_id, "command": command, "event": "started", "exit_code": None}
        facts |= {"summary": None, "recorded_at": now(), **self._last_sent()}
        names = [*self._end_of_killed(), "event", "stamp"]
        if ahead:
            names.append("distrust")
            facts |= _after(own, ahead)
        try:
            self.transact(statement(*names), **scope.values(), **facts)
        except LedgerError as error:
            noted_end.write(self.path, {**scope.values(), **facts, **_by(error)})
            raise
        self.flush()
        stamps.write(self.path, self.stamp())
        holder.write(self.path, run_id)
        return run_id

    def finish(
        self, scope: Scope, run_id: int, command: str, exit_code: int, summary: Mapping[str, Any]
    ) -> None:
        """Record how a run ended."""
        ended = {"exit_code": exit_code, "summary": json.dumps(summary)}
        self._end(("event",), scope, run_id=run_id, command=command, **ended)

    def break_off(self, scope: Scope, run_id: int, command: str, error: ConnectorError) -> None:
        """Record that an error ended a run, and that what was not answered may be under way."""
        names = ("cut_off", "event")
        self._end(names, scope, run_id=run_id, command=command, **_by(error))

    def recover(self) -> None:
        """Record the end of the last run, if the ledger could not take it when the run ended."""
        noted = noted_end.read(self.path)
        if noted is None:
            return
        known = self.stamp().run_id
        if noted["run_id"] in (known, known + 1):  # else it is of another ledger
            sql = statement(*self._end_of_killed(), "noted_end")
            self.transact(sql, **noted, **self._last_sent())

    def discard(self, scope: Scope, run_id: int) -> None:
        """Drop a run that nothing was planned in."""
        self.transact(statement("discard"), **scope.values(), run_id=run_id)

    def _end_of_killed(self) -> tuple[str, ...]:
        """Return the statements that end a run which was killed, and settle what it has left."""
        killed = statement.rows(self._connection, "are_killed")
        has_left = count(self._connection, "ledger.requests")
        return ("end_killed",) * bool(killed) + ("left",) * bool(has_left)

    def _last_sent(self) -> dict[str, Any]:
        """Return which run sent the last request, and when; both are None when it is not known."""
        sent_by, sent_at = last_request.last(self.path) or (None, None)
        return {"sent_by": sent_by, "sent_at": sent_at}

    def _end(self, names: Sequence[str], scope: Scope, **ended: Any) -> None:
        """Run statements that end a run; an end that the ledger cannot take is noted beside it."""
        facts = {**scope.values(), **ended, "recorded_at": now()}
        try:
            self.transact(statement(*names), **facts, event="finished")
        except LedgerError:
            noted_end.write(self.path, facts)
            raise


def _by(error: ConnectorError) -> dict[str, Any]:
    """Return what is recorded of a run that an error ended."""
    return {"exit_code": error.exit_code, "summary": json.dumps({"error": error.told})}


def _after(own: Stamp, ahead: Stamp) -> dict[str, Any]:
    """Return the state with which a ledger continues that is older than a stamp."""
    run_id = max(own.run_id, ahead.run_id) + 1
    return {"run_id": run_id, "ledger": ahead.ledger, "sequence": ahead.sequence + 1}


def stamped(sql: str) -> str:
    """Return statements, and one after them that counts what the stamps beside the ledger tell."""
    return f"{sql};\n{statement('stamp')}"


def was_restored(connection: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Return whether an attached ledger says that it was put back, which no run has accepted."""
    return bool(statement.rows(connection, "is_old", **scope.values()))


def now() -> datetime:
    """Return the time of a record, for people to read; only what is compacted depends on it."""
    return datetime.now(UTC)

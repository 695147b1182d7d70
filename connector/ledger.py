"""The durable memory: what was planned, what the destination answered, and so what is in doubt.

A DuckDB file, append-only; one process holds it at a time. A run's number, not the clock, tells what came later.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import duckdb

from connector.compile import literal
from connector.errors import LedgerError, LedgerHeldError
from connector.sql import statement

VERSION = 1
HISTORY_DAYS = 90  # how long superseded deliveries are kept


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ledger's rows belong to: a destination in one environment."""

    destination: str
    environment: str

    def values(self) -> dict[str, Any]:
        """Return the values that the scope binds in SQL."""
        return {"destination": self.destination, "environment": self.environment}


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool = False
) -> Iterator["Ledger"]:
    """Attach the ledger, made when there is none; a reader of a missing ledger gets an empty one in memory.

    Raises LedgerHeldError when another run holds it, LedgerError when it is damaged or of a newer version.
    """
    missing = not path.exists()
    where = ":memory:" if missing and read_only else str(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection.execute(
            f"attach {literal(where)} as ledger"
            + (" (read_only)" if read_only and not missing else "")
        )
    except (OSError, duckdb.Error) as error:
        raise _attach_error(path, error) from error
    try:
        ledger = Ledger(connection, path)
        ledger.prepare()
        yield ledger
    finally:
        # A ledger that failed to write is closed by DuckDB itself.
        with suppress(duckdb.Error):
            connection.execute("detach ledger")


def _attach_error(path: Path, error: Exception) -> Exception:
    text = str(error)
    if "lock" in text.lower():
        holder = text.partition("(PID ")[2].partition(")")[0]
        return LedgerHeldError(
            f"another run holds {path}"
            + (f" (process {holder})" if holder else "")
            + "; wait until it ends, "
            "`connector status` shows its progress"
        )
    if isinstance(error, (OSError, duckdb.PermissionException)) or "ermission denied" in text:
        return LedgerError(
            f"{path} cannot be written; check the permissions and the free space of its directory"
        )
    return LedgerError(
        f"{path} is damaged or was written by a newer DuckDB than {duckdb.__version__}; restore it from a backup, or see "
        "“a lost ledger” in docs/operations.md"
    )


class Ledger:
    """An attached ledger; every method is one transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        """Keep the connection to which the ledger is attached."""
        self._connection = connection
        self._path = path

    def prepare(self) -> None:
        """Make the tables of a new ledger; raises LedgerError for a ledger of a newer version."""
        tables = "select count(*) from duckdb_tables() where database_name = 'ledger'"
        if self._one(tables) == 0:
            self._transaction(statement("ledger_schema"))
        version = self._one("select max(version) from ledger.meta")
        if version != VERSION:
            message = f"{self._path} is of version {version}, this connector writes version {VERSION}; install the newer connector"
            raise LedgerError(message)

    def start(self, scope: Scope, command: str) -> int:
        """Record that a run begins and return its number."""
        run_id = int(self._one("select coalesce(max(run_id), 0) + 1 from ledger.runs"))
        self._event(scope, run_id, command, "started", None, None)
        return run_id

    def finish(
        self, scope: Scope, run_id: int, command: str, exit_code: int, summary: Mapping[str, Any]
    ) -> None:
        """Record how a run ended."""
        self._event(scope, run_id, command, "finished", exit_code, json.dumps(summary))

    def plan(self, scope: Scope, run_id: int) -> None:
        """Write the intent of `work.planned` and the violations of `work.violations` before anything is sent."""
        self._transaction(
            statement("ledger_plan"), **scope.values(), run_id=run_id, recorded_at=now()
        )

    def deliver(
        self, scope: Scope, run_id: int, part: Mapping[str, int], status: int | None
    ) -> None:
        """Record that the destination took the orders of one part of a batch, except those that it refused."""
        self._transaction(
            statement("ledger_deliver"),
            **scope.values(),
            **part,
            run_id=run_id,
            status=status,
            recorded_at=now(),
        )

    def refuse(self, scope: Scope, run_id: int) -> None:
        """Record the orders of `work.refused` (position, batch, status, reason) that are not recorded yet."""
        self._transaction(
            statement("ledger_refuse"), **scope.values(), run_id=run_id, recorded_at=now()
        )
        self._connection.execute("update work.refused set is_recorded = true")

    def unsend(self, scope: Scope, run_id: int) -> None:
        """Forget the intent for orders of this run that surely were not sent: those not in `work.sent` (batch, first, last)."""
        self._transaction(statement("ledger_unsend"), **scope.values(), run_id=run_id)

    def settle(self, scope: Scope, run_id: int) -> None:
        """Tidy up after a run.

        Takes over the row hashes of orders whose payload proved unchanged, so that the next run
        need not render them, and the column prints of `work.prints` of the orders delivered; drops
        settled intents and deliveries long superseded.
        """
        for name in ("ledger_refresh", "ledger_sample", "ledger_compact"):
            self._transaction(
                statement(name), **scope.values(), run_id=run_id, days=HISTORY_DAYS
            )

    def _event(
        self,
        scope: Scope,
        run_id: int,
        command: str,
        event: str,
        exit_code: int | None,
        summary: str | None,
    ) -> None:
        self._transaction(
            "insert into ledger.runs values ($run_id, $destination, $environment, $command, $event, $recorded_at, $exit_code, $summary)",
            **scope.values(),
            run_id=run_id,
            command=command,
            event=event,
            recorded_at=now(),
            exit_code=exit_code,
            summary=summary,
        )

    def _one(self, sql: str) -> Any:
        row = self._connection.execute(sql).fetchone()
        return row[0] if row else None

    def _transaction(self, sql: str, **values: Any) -> None:
        self._connection.begin()
        try:
            for part in duckdb.extract_statements(sql):
                bound = {name: values[name] for name in part.named_parameters}
                self._connection.execute(part, bound)
            self._connection.commit()
        except duckdb.Error as error:
            self._connection.rollback()
            message = f"{self._path} cannot be written ({type(error).__name__}); check the free space and permissions of its directory"
            raise LedgerError(message) from error


def now() -> datetime:
    """Return the time of a record; it is shown to people, and nothing is decided by it."""
    return datetime.now(timezone.utc)

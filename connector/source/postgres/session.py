"""A read-only session of a PostgreSQL server: transactions in UTC, failures as our own errors."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import duckdb

from connector.compile import literal, quote
from connector.compile.reading import postgres, postgres_catalogue
from connector.compile.reading.received import MARK
from connector.exceptions import ModelError, WarehouseBusyError, WarehouseError
from connector.source.postgres.driver import STREAM, Driver
from connector.source.postgres.failures import failed, not_connected
from connector.source.server import Server

Result = TypeVar("Result")

WAIT = 15.0  # seconds to wait for a lock on a view
OLDEST = 14  # the first version with hash_record_extended
_BEGIN = "begin isolation level repeatable read read only"
_TRIES = 3  # to take locks on views that are replaced at that moment


class Session:
    """One connection; what is read goes to a connection of DuckDB.

    Raises WarehouseError, WarehouseBusyError or ModelError for what fails.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, server: Server, wait: float | None
    ) -> None:
        self.connection = connection
        self.server = server
        self._wait = WAIT if wait is None else wait
        self._timeout = "0"
        try:
            self._driver = Driver(connection, server)
        except _of_adbc() as error:
            raise not_connected(server, error) from None
        self._version = 0

    @property
    def version(self) -> int:
        """Return the major version of the server."""
        return self._version // 10_000

    def begin(self, places: Sequence[str] = ()) -> None:
        """Begin a transaction in which the views are as at one moment.

        They, and what they read, cannot be replaced until it ends: rows of a table that is made
        anew meanwhile would be invisible to it.
        """
        for _ in range(_TRIES):
            self.run("rollback")
            self.run(_BEGIN)
            for setting in self._settings():
                self.run(setting)
            if places:
                self._lock(places)
            if not places or self._is_untouched(places):
                return
        raise WarehouseBusyError(f"{self.server}: its views are being replaced; run it again")

    def check(self) -> None:
        """Raise WarehouseError for a server that is too old."""
        ((self._version, self._timeout),) = self.rows(postgres_catalogue.SESSION)
        if self.version < OLDEST:
            raise WarehouseError(
                f"{self.server} is PostgreSQL {self.version}; use version {OLDEST} or newer"
            )

    def rows(self, query: str, model: str = "") -> list[Any]:
        """Return the rows of a query; an error names the model."""
        return self.fetch(query, f"from {STREAM}", model)

    def fetch(self, query: str, into: str, model: str = "", **values: Any) -> list[Any]:
        """Run a query, and a statement of DuckDB that reads its rows from `STREAM`."""
        return self._told(lambda: self._driver.fetch(query, into, values), model)

    def run(self, sql: str) -> None:
        """Run a statement that returns no rows."""
        self._told(lambda: self._driver.run(sql), "")

    def ingest(self, schema: str, table: str, rows: duckdb.DuckDBPyRelation) -> None:
        """Add rows of DuckDB to a table, which is made when it is missing."""
        self._told(lambda: self._driver.ingest(schema, table, rows), "")

    def close(self) -> None:
        """Close the connection."""
        self._driver.close()

    def _settings(self) -> list[str]:
        role = [f"set local role {quote(self.server.role)}"] if self.server.role else []
        return [
            *role,
            "set local timezone to 'UTC'",
            "set local datestyle to 'ISO'",
            "set local search_path to pg_catalog",
            f"set local lock_timeout to {literal(f'{max(1, round(self._wait * 1000))}ms')}",
            "set local idle_in_transaction_session_timeout to 0",
            "set local jit to off",
        ]

    def _lock(self, places: Sequence[str]) -> None:
        """Take the locks before the snapshot, which the first query takes."""
        self.run(postgres.locks(places))

    def _is_untouched(self, places: Sequence[str]) -> bool:
        """Return whether the snapshot shows the views that were locked."""
        ((found,),) = self.rows(postgres.untouched(places))
        return bool(found == len(set(places)))

    def _told(self, work: Callable[[], Result], model: str) -> Result:
        try:
            return work()
        except duckdb.InvalidInputException as error:
            _, mark, message = str(error).partition("\n")[0].partition(MARK)
            if mark:
                raise _unfit(message) from None
            raise failed(self.server, error, model, self._timeout) from None
        except _of_adbc() as error:
            raise failed(self.server, error, model, self._timeout) from None


def _unfit(message: str) -> ModelError:
    """Return the error of a value that cannot be sent on; the message says what to do."""
    return ModelError(message)


def _of_adbc() -> tuple[type[Exception], ...]:
    """Return the class of errors of the driver, which may not be installed."""
    try:
        from adbc_driver_manager import Error  # noqa: PLC0415 - an extra
    except ImportError:
        return ()
    return (Error,)

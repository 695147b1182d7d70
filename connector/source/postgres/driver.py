"""Talks to a PostgreSQL server by ADBC, which passes rows on as Arrow without pyarrow."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import duckdb

from connector.exceptions import InstallationError
from connector.source.awaited import awaited
from connector.source.server import Server

if TYPE_CHECKING:
    from adbc_driver_manager import AdbcConnection

STREAM = "rows_of_postgres"  # what SQL of DuckDB calls the rows of a query
TIMEOUT = "10"  # seconds until a connection is made, unless the settings say otherwise
_BATCH = "4000000"  # bytes of rows at a time; smaller batches take longer, larger ones memory


class Driver:
    """A connection to a server; what is read goes to a connection of DuckDB.

    Failures raise errors of ADBC, or of DuckDB while rows arrive. An exception that a signal raises
    in the main thread cancels what runs.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, server: Server) -> None:
        try:
            import adbc_driver_manager  # noqa: PLC0415 - an extra
            import adbc_driver_postgresql  # noqa: PLC0415
        except ImportError as error:
            raise InstallationError(
                "a warehouse in PostgreSQL needs a package that is not installed; run "
                "`pip install 'order-connector[postgres]'`"
            ) from error
        self._connection = connection
        self._made = adbc_driver_manager.AdbcStatement
        self._database = adbc_driver_postgresql.connect(_address(server))
        self._server: AdbcConnection | None = None
        try:
            self._server = awaited(
                lambda: adbc_driver_manager.AdbcConnection(self._database), lambda: None
            )
        finally:
            if self._server is None:
                self._database.close()

    def run(self, sql: str) -> None:
        """Run a statement that returns no rows."""
        with self._made(self._server) as statement:
            statement.set_sql_query(sql)
            awaited(statement.execute_update, self._cancel)

    def fetch(self, query: str, into: str, values: Mapping[str, Any]) -> list[Any]:
        """Run a query, and a statement of DuckDB with `values` that reads its rows from `STREAM`.

        Returns what that returns.
        """

        def read() -> list[Any]:
            stream, _ = statement.execute_query()
            self._connection.register(STREAM, stream)
            try:
                return self._connection.execute(into, values).fetchall()
            finally:
                self._connection.unregister(STREAM)

        with self._made(self._server) as statement:
            statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": _BATCH})
            statement.set_sql_query(query)
            return awaited(read, self._cancel)

    def ingest(self, schema: str, table: str, rows: duckdb.DuckDBPyRelation) -> None:
        """Add rows to a table, which is made when it is missing."""
        options = {"target_table": table, "target_db_schema": schema}
        with self._made(self._server) as statement:
            statement.set_options(
                **{f"adbc.ingest.{name}": value for name, value in options.items()},
                **{"adbc.ingest.mode": "adbc.ingest.mode.create_append"},
            )
            statement.bind_stream(rows)
            awaited(statement.execute_update, self._cancel)

    def close(self) -> None:
        """Close the connection, which ends its transaction."""
        for each in (self._server, self._database):
            if each is not None:
                with suppress(Exception):  # it is lost in any case
                    each.close()

    def _cancel(self) -> None:
        with suppress(Exception):  # nothing runs any more, or the server is gone
            if self._server is not None:
                self._server.cancel()


def _address(server: Server) -> str:
    """Return the keywords and values that libpq connects by; the password is among them."""
    values = {
        "host": server.host,
        "port": str(server.port),
        "user": server.user,
        "dbname": server.database,
        "password": server.password(),
        "application_name": "order-connector",
        "connect_timeout": TIMEOUT,
        **server.options,
    }
    return " ".join(f"{name}={_quoted(value)}" for name, value in values.items() if value)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

"""Writes to the ledger: what belongs to one destination, in one transaction each."""

from pathlib import Path
from typing import Any

import duckdb

from connector.engine.duckdb_file import is_io
from connector.exceptions import LedgerError
from connector.sql import run


class Transactions:
    """An attached ledger and how it is written; raises LedgerError when that fails."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self.path = path

    def ask(self, sql: str, **values: Any) -> list[Any]:
        """Return the rows of a statement that writes nothing."""
        return run(self._connection, sql, values).fetchall()

    def transact(self, sql: str, **values: Any) -> None:
        """Run statements in one transaction, each with those of the values that it names."""
        self._connection.begin()
        try:
            run(self._connection, sql, values)
            self._connection.commit()
        except BaseException as error:
            self._undo()
            if not (isinstance(error, duckdb.Error) and is_io(error)):
                raise  # such as a missing table, which is a bug
            raise LedgerError(
                f"{self.path} cannot be written ({type(error).__name__}); check the free space "
                "and the permissions of its directory; orders sent without a record go again"
            ) from error

    def _undo(self) -> None:
        try:
            self._connection.rollback()
        except duckdb.Error:
            return  # DuckDB has closed a database that it could not write: nothing is left to undo

"""Attaches the DuckDB file of a warehouse only while it is read or written."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.engine.duckdb_file import is_held, process_of, unreadable
from connector.exceptions import WarehouseBusyError, WarehouseError
from connector.fit.dialect import DUCKDB, Dialect
from connector.fit.judge import counted
from connector.fit.lossless import replaced
from connector.source.file.duckdb_file import DuckDBFile
from connector.source.project import Relation, Warehouse
from connector.source.source import Source
from connector.source.views import View, Views
from connector.sql import Statements

statement = Statements(__file__)

WAIT = 15.0  # seconds to wait for a process that holds the warehouse
_RESERVED = {"ledger", "work", "plan", "staged", "later", "main", "memory", "temp", "system"}


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, path: Path
) -> Iterator["AttachedFile"]:
    """Attach the warehouse read-only and detach it afterwards, so that dbt can write again.

    Waits a little for a process that holds it. Raises WarehouseError when it is missing, held or
    not DuckDB.
    """
    if warehouse.database in _RESERVED:
        raise WarehouseError(
            f"{path}: the connector keeps the name {warehouse.database!r} for itself; "
            "rename the file, and the path in dbt's profile"
        )
    with _attached(connection, path, warehouse.wait, (warehouse.database, "read_only")):
        yield AttachedFile(connection, warehouse)


@contextmanager
def writable(
    connection: duckdb.DuckDBPyConnection, path: Path, wait: float | None
) -> Iterator[None]:
    """Attach the file as `target` for writing; waits and raises as `attached` does."""
    with _attached(connection, path, wait, ("target", "read_write")):
        yield


@contextmanager
def _attached(
    connection: duckdb.DuckDBPyConnection, path: Path, wait: float | None, as_what: tuple[str, str]
) -> Iterator[None]:
    if not path.is_file():
        raise WarehouseError(
            f"{path} does not exist; run `dbt build` to make the warehouse, or correct its path"
        )
    name, mode = as_what
    _attach(connection, path, wait, f"attach {literal(str(path))} as {quote(name)} ({mode})")
    try:
        yield
    finally:
        connection.execute(f"detach {quote(name)}")


def _attach(
    connection: duckdb.DuckDBPyConnection, path: Path, wait: float | None, sql: str
) -> None:
    deadline = time.monotonic() + (WAIT if wait is None else wait)
    while True:
        try:
            connection.execute(sql)
        except duckdb.Error as error:
            if not is_held(error):
                raise unreadable(path, error) from error
            if time.monotonic() >= deadline:
                process = process_of(error)
                raise WarehouseBusyError(
                    f"{path} is held by another process, probably a dbt run "
                    f"({f'PID {process}' if process else 'it does not say which'}); wait until it "
                    "ends and try again, or raise `warehouse_wait:` in connector.yml"
                ) from error
            time.sleep(0.2)
        else:
            return


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A `Reader` of an attached DuckDB file, whose relations the connection reads directly."""

    connection: duckdb.DuckDBPyConnection
    warehouse: Warehouse
    dialect: Dialect = DUCKDB

    def columns(self, relation: Relation) -> dict[str, str]:
        """Return the columns of a view with their types, in order; empty if it does not exist."""
        names = {"database": relation.database, "schema": relation.schema, "name": relation.name}
        return dict(self.connection.execute(statement("view_columns"), names).fetchall())

    def quoted(self, relation: Relation) -> str:
        """Return the quoted name of a relation."""
        return ".".join(map(quote, (relation.database, relation.schema, relation.name)))

    def cast(self, place: str, casts: dict[str, str]) -> str:
        """Return the name, or a select from it with the casts applied."""
        return replaced(place, casts)

    def aggregates(self, relation: str, values: Sequence[str]) -> tuple[Any, ...]:
        """Return aggregates over a relation."""
        return tuple(self.connection.execute(counted(relation, values)).fetchall()[0])

    def first(self, relation: str, rows: int, column: str = "") -> str:
        """Return a select of some rows, or of values of a column that are not null."""
        only = f"where {quote(column)} is not null " if column else ""
        return f"(from {relation} {only}limit {rows})"

    def local(self, view: View, of: tuple[str, str] | None = None) -> str:  # noqa: ARG002
        """Return the view itself, with all of its rows."""
        return view.relation

    def bind(self, view: View) -> None:
        """Check that a view can be read, without reading it."""
        self.connection.execute(statement("bind"), {"table": view.place})

    def source(self, contract: Contract, found: Views) -> Source:
        """Return the views as the source of orders."""
        return DuckDBFile(self.connection, contract, found, self.warehouse.database)

"""Writes tables to a PostgreSQL database, all of them or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from connector.compile import created, inserted, quote
from connector.compile.reading import postgres, postgres_catalogue
from connector.source.postgres.driver import STREAM
from connector.source.postgres.session import Session
from connector.source.server import Server

_SCHEMA = "connector"


class Target:
    """The schema `connector` of a database, in one transaction that writes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, name: str, empty: str) -> None:
        """Make `work.<name>`, whose columns `empty` (a select) has, of the rows of a table."""
        connection, table = self._session.connection, self._table(name.removeprefix("exported_"))
        connection.execute(created("work", name, empty))
        ((exists,),) = self._session.rows(postgres_catalogue.exists(table))
        if exists:
            into = inserted("work", name, f"from {STREAM}")
            self._session.fetch(postgres.everything(table), into)

    def add(self, name: str, rows: duckdb.DuckDBPyRelation) -> None:
        """Add rows to a table, which is made when it is missing."""
        self._session.ingest(_SCHEMA, name, rows)

    def replace(self, name: str, rows: duckdb.DuckDBPyRelation) -> None:
        """Let a table have these rows and no others."""
        self._session.run(f"drop table if exists {self._table(name)}")
        self.add(name, rows)

    def leave_out(self, name: str, keys: duckdb.DuckDBPyRelation) -> None:
        """Delete the rows that have the values of some rows in all of their columns."""
        self.replace("left_out", keys)
        table, left_out = self._table(name), self._table("left_out")
        self._session.run(postgres_catalogue.deleted(table, left_out, keys.columns))
        self._session.run(f"drop table {left_out}")

    def _table(self, name: str) -> str:
        return f"{quote(_SCHEMA)}.{quote(name)}"


@contextmanager
def writing(connection: duckdb.DuckDBPyConnection, server: Server) -> Iterator[Target]:
    """Yield the target; what is written counts when the block has ended without an error.

    Raises WarehouseError when the database cannot be connected to or written.
    """
    session = Session(connection, server, None)
    try:
        session.run("begin")
        session.run(f"create schema if not exists {quote(_SCHEMA)}")
        yield Target(session)
        session.run("commit")
    finally:
        session.close()

"""Opens a PostgreSQL database, and looks at its relations."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from connector.compile import literal, quote, temporary
from connector.compile.reading import postgres, postgres_catalogue, received
from connector.compile.reading.postgres import Place
from connector.contract.contract import Contract
from connector.fit.dialect import POSTGRES, Dialect
from connector.fit.judge import counted
from connector.source.postgres.columns import Column
from connector.source.postgres.driver import STREAM
from connector.source.postgres.session import Session
from connector.source.postgres.views import PostgresViews
from connector.source.project import Relation, Warehouse
from connector.source.server import Server
from connector.source.source import Source
from connector.source.views import View, Views

_LOCKABLE = ("r", "p", "v")  # kinds of relations


@contextmanager
def opened(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, server: Server
) -> Iterator["Database"]:
    """Yield the database; its transaction and connection end afterwards.

    Raises WarehouseError when it cannot be connected to.
    """
    session = Session(connection, server, warehouse.wait)
    try:
        session.begin()
        session.check()
        yield Database(session, warehouse)
    finally:
        session.close()


class Database:
    """A `Reader` of a database, whose rows are copied to tables of the connection."""

    def __init__(self, session: Session, warehouse: Warehouse) -> None:
        self.connection = session.connection
        self.warehouse = warehouse
        self._session = session
        self._known: dict[str, tuple[Column, ...]] = {}  # columns by quoted name
        self._lockable: set[str] = set()
        self._copies = 0

    def __str__(self) -> str:
        """Return which server it is."""
        return f"{self.warehouse}, PostgreSQL {self._session.version}"

    @property
    def dialect(self) -> Dialect:
        """How SQL for models of this warehouse is written."""
        return POSTGRES

    def columns(self, relation: Relation) -> dict[str, str]:
        """Return the columns of a relation with their types; empty if it does not exist."""
        rows = self._session.rows(postgres_catalogue.columns(relation.schema, relation.name))
        found = tuple(Column(*row[:-1]) for row in rows)
        place = self.quoted(relation)
        self._known[place] = found
        if rows and rows[0][-1] in _LOCKABLE:
            self._lockable.add(place)
        return {column.name: column.duckdb_type for column in found}

    def quoted(self, relation: Relation) -> str:
        """Return the quoted name of a relation."""
        return f"{quote(relation.schema)}.{quote(relation.name)}"

    def cast(self, place: str, casts: dict[str, str]) -> str:  # noqa: ARG002
        """Return the name: casts are applied to what was read."""
        return place

    def aggregates(self, relation: str, values: Sequence[str]) -> tuple[Any, ...]:
        """Return aggregates over a relation."""
        return tuple(self._session.rows(counted(relation, values))[0])

    def first(self, relation: str, rows: int, column: str = "") -> str:
        """Return a table with some rows, or values of a column that are not null."""
        known = [each for each in self._known.get(relation, ()) if column in ("", each.name)]
        only = Place(relation, {each.name: each.shows for each in known}, {})
        if column:
            only = only.where(f"{quote(column)} is not null")
        query = postgres.rows(only) if known else postgres.everything(relation)
        return self._copied(postgres.limited(query, rows), STREAM)

    def local(self, view: View, of: tuple[str, str] | None = None) -> str:
        """Return a table with the rows of a view, or those that have a value in a column."""
        known = self._known[view.place]
        place = Place(view.place, {each.name: each.sends for each in known}, {})
        if of:
            place = place.where(f"{quote(of[0])}::text = {literal(of[1])}")
        values = {each.name: each.received(view.model, known[0].name) for each in known}
        rows = received.typed(STREAM, values, view.casts)
        return self._copied(postgres.rows(place), rows, view.model)

    def bind(self, view: View) -> None:
        """Check that a view can be read, without reading it."""
        place = Place(view.place, {each.name: each.sends for each in self._known[view.place]}, {})
        self._session.rows(postgres.limited(postgres.rows(place), 0), view.model)

    def source(self, contract: Contract, found: Views) -> Source:
        """Return the views as the source of orders, as they are at this moment."""
        places = [view.place for view in found.found.values()]
        self._session.begin([place for place in places if place in self._lockable])
        chosen = {
            name: self._place(view, found.columns[name]) for name, view in found.found.items()
        }
        return PostgresViews(self._session, contract, found, self._known, chosen)

    def _place(self, view: View, names: Sequence[str]) -> Place:
        known = {each.name: each for each in self._known[view.place]}
        return Place(
            view.place,
            {name: known[name].sends for name in names},
            {name: known[name].hashes for name in names},
        )

    def _copied(self, query: str, rows: str, model: str = "") -> str:
        """Return a new table of the rows of a query, as a select reads them from the stream."""
        self._copies += 1
        name = f"copy_{self._copies}"
        self._session.fetch(query, temporary(name, f"from {rows}"), model)
        return f"temp.{quote(name)}"

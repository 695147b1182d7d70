"""Opens a Spark cluster, and looks at its relations."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from connector.compile import quote, temporary
from connector.compile.reading import postgres, received
from connector.compile.reading.postgres import Place
from connector.compile.reading.spark import rows as spark
from connector.contract.contract import Contract
from connector.fit.dialect import Dialect
from connector.fit.judge import counted
from connector.fit.spark import SPARK
from connector.source.project import Relation, Warehouse
from connector.source.source import Source
from connector.source.spark.cluster import Cluster
from connector.source.spark.columns import Column
from connector.source.spark.driver import STREAM
from connector.source.spark.session import Session
from connector.source.spark.views import SparkViews
from connector.source.views import View, Views


@contextmanager
def opened(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, cluster: Cluster
) -> Iterator["Catalogue"]:
    """Yield the cluster; its session ends afterwards.

    Raises WarehouseError when it cannot be connected to.
    """
    session = Session(connection, cluster)
    try:
        session.check()
        yield Catalogue(session, warehouse)
    finally:
        session.close()


class Catalogue:
    """A `Reader` of a cluster, whose rows are copied to tables of the connection."""

    def __init__(self, session: Session, warehouse: Warehouse) -> None:
        self.connection = session.connection
        self.warehouse = warehouse
        self._session = session
        self._known: dict[str, tuple[Column, ...]] = {}  # columns by quoted name
        self._copies = 0

    @property
    def dialect(self) -> Dialect:
        """Return how SQL is suggested: in that of Spark."""
        return SPARK

    def __str__(self) -> str:
        """Return which cluster it is."""
        return f"{self.warehouse}, Spark {self._session.version}"

    def columns(self, relation: Relation) -> dict[str, str]:
        """Return the columns of a relation with their types; empty if it does not exist."""
        place = self.quoted(relation)
        found = tuple(Column(*each) for each in self._session.columns(spark.columns_of(place)))
        self._known[place] = found
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
        wanted = f"{quote(column)} is not null" if column else "true"
        names = (column,) if column else ()
        place = self._of(relation, names).where(wanted)
        query = postgres.rows(place) if place.sends else postgres.everything(place.relation)
        return self._copied(postgres.limited(query, rows), STREAM)

    def local(self, view: View, of: tuple[str, str] | None = None) -> str:
        """Return a table with the rows of a view, or those that have a value in a column."""
        place = self._of(view.place)
        if of:
            place = place.where(f"cast({quote(of[0])} as string) = {spark.literal(of[1])}")
        known = self._known[view.place]
        values = {each.name: each.received(view.model, known[0].name) for each in known}
        rows = received.typed(STREAM, values, view.casts)
        return self._copied(postgres.rows(place), rows, view.model)

    def bind(self, view: View) -> None:
        """Check that a view can be read, without reading it."""
        query = postgres.limited(postgres.rows(self._of(view.place)), 0)
        self._session.rows(query, view.model)

    def source(self, contract: Contract, found: Views) -> Source:
        """Return the views as the source of orders."""
        chosen = {
            name: self._of(view.place, found.columns[name]) for name, view in found.found.items()
        }
        schema = self._session.cluster.state_schema or self.warehouse.schema
        return SparkViews(self._session, contract, found, self._known, chosen, schema)

    def _of(self, relation: str, names: Sequence[str] = ()) -> Place:
        """Return a relation with some of its columns, all of them without names."""
        known = [each for each in self._known.get(relation, ()) if not names or each.name in names]
        return Place(
            relation,
            {each.name: quote(each.name) for each in known},
            {each.name: each.hashes for each in known},
        )

    def _copied(self, query: str, rows: str, model: str = "") -> str:
        """Return a new table of the rows of a query, as a select reads them from the stream."""
        self._copies += 1
        name = f"copy_{self._copies}"
        self._session.fetch(query, temporary(name, f"from {rows}"), model)
        return f"temp.{quote(name)}"

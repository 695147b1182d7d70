"""The models of the warehouse from which orders can be mapped: columns and some values."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from connector.compile import quote
from connector.fit.advice import Column, ways
from connector.fit.judge import counted
from connector.fit.way import Way
from connector.source.judge import chosen
from connector.source.project import Relation, Warehouse
from connector.source.warehouse import attached, columns_of, quoted


@dataclass(frozen=True, slots=True)
class Origin:
    """A model in the warehouse; `relation` is its quoted name."""

    model: str
    relation: str
    columns: Mapping[str, str]


class Catalogue:
    """The models of the attached warehouse; empty without a connection."""

    def __init__(
        self, sources: Mapping[str, Origin], connection: duckdb.DuckDBPyConnection | None = None
    ) -> None:
        self.sources = sources
        self._connection = connection

    def way(self, source: Origin, column: Column, name: str) -> Way | None:
        """Return the conversion that fits the values of a source's column best."""
        found = ways(column)
        if self._connection is None or len(found) <= 1:
            return found[0] if found else None
        return chosen(self._connection, source.relation, name, found)

    def is_unique(self, source: Origin, name: str) -> bool:
        """Return whether a column has no duplicates and no nulls."""
        column = quote(name)
        counts = ["count(*)", f"count(distinct {column})"]
        if self._connection is None:
            return False
        try:
            found = self._connection.execute(counted(source.relation, counts)).fetchall()[0]
        except duckdb.Error:
            return False
        return bool(found[0] == found[1])


@contextmanager
def catalogue(warehouse: Warehouse, models: Sequence[str]) -> Iterator[Catalogue]:
    """Attach the warehouse, and yield those of the models that it has.

    Raises WarehouseError.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        with attached(connection, warehouse):
            found = {name: warehouse.relation(name) for name in models}
            sources = {
                name: source
                for name, relation in found.items()
                if relation and (source := _origin(connection, name, relation))
            }
            yield Catalogue(sources, connection)


def _origin(connection: duckdb.DuckDBPyConnection, name: str, relation: Relation) -> Origin | None:
    columns = columns_of(connection, relation)
    return Origin(name, quoted(relation), columns) if columns else None

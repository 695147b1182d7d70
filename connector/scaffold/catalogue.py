"""The models of the warehouse from which orders can be mapped: columns and some values."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from connector.compile import quote
from connector.fit.advice import Column, ways
from connector.fit.dialect import DUCKDB, Dialect
from connector.fit.way import Way
from connector.source.judge import chosen
from connector.source.opening import reading
from connector.source.project import Relation, Warehouse
from connector.source.reader import Reader


@dataclass(frozen=True, slots=True)
class Origin:
    """A model in the warehouse; `relation` is its quoted name."""

    model: str
    relation: str
    columns: Mapping[str, str]


class Catalogue:
    """The models of the open warehouse; empty without a reader."""

    def __init__(self, sources: Mapping[str, Origin], reader: Reader | None = None) -> None:
        self.sources = sources
        self._reader = reader

    @property
    def dialect(self) -> Dialect:
        """How SQL for models is written."""
        return self._reader.dialect if self._reader else DUCKDB

    def way(self, source: Origin, column: Column, name: str) -> Way | None:
        """Return the conversion that fits the values of a source's column best."""
        found = ways(column)
        if self._reader is None or len(found) <= 1:
            return found[0] if found else None
        return chosen(self._reader, source.relation, name, found)

    def is_unique(self, source: Origin, name: str) -> bool:
        """Return whether a column has no duplicates and no nulls."""
        column = quote(name)
        counts = ["count(*)", f"count(distinct {column})"]
        if self._reader is None:
            return False
        try:
            found = self._reader.aggregates(source.relation, counts)
        except duckdb.Error:
            return False
        return bool(found[0] == found[1])


@contextmanager
def catalogue(warehouse: Warehouse, models: Sequence[str]) -> Iterator[Catalogue]:
    """Open the warehouse, and yield those of the models that it has.

    Raises WarehouseError.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        with reading(connection, warehouse) as reader:
            found = {name: warehouse.relation(name) for name in models}
            sources = {
                name: source
                for name, relation in found.items()
                if relation and (source := _origin(reader, name, relation))
            }
            yield Catalogue(sources, reader)


def _origin(reader: Reader, name: str, relation: Relation) -> Origin | None:
    columns = reader.columns(relation)
    return Origin(name, reader.quoted(relation), columns) if columns else None

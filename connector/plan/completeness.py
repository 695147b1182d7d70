"""Finds views and columns that had values when they were last sent, and have none any more.

Such a shape is a broken model far more often than it is the truth (promise P16).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from connector.compile import created
from connector.compile.reading import completeness
from connector.contract.contract import Contract
from connector.ledger.ledger import Scope
from connector.source.source import Source
from connector.sql import Statements, run

statement = Statements(__file__)

FEW = 5  # orders: values of fewer may well vanish one by one


@dataclass(frozen=True, slots=True)
class Emptied:
    """A view or column, and a lower bound of how many orders had values."""

    entity: str
    model: str
    column: str  # empty when all rows of the view are meant
    orders: int
    is_missing: bool  # the view or the column is not there at all

    def __str__(self) -> str:
        name = f"{self.model}.{self.column}" if self.column else self.model
        had = f"had {'values' if self.column else 'rows'} in {self.orders:,} orders"
        if self.is_missing:
            return f"{name} {had} and is missing"
        return f"{name} {had} and is {'all null' if self.column else 'empty'}"


def take(
    connection: duckdb.DuckDBPyConnection, contract: Contract, empty: Collection[str] = ()
) -> None:
    """Make `work.completeness` (entity, column_name, orders, is_emptied) of the staged orders.

    Entities in `empty` have no staged rows.
    """
    connection.execute(created("work", "completeness", completeness.counted(contract, empty)))


def emptied(connection: duckdb.DuckDBPyConnection, source: Source, scope: Scope) -> list[Emptied]:
    """Return what has no values in the whole views, which must be open, but had some.

    Marks it in `work.completeness`.
    """
    rows = run(connection, statement("emptied"), scope.values()).fetchall()
    found = _found(source, rows)
    for each in found:
        names = {"entity": each.entity, "column_name": each.column}
        run(connection, statement("mark_emptied"), names)
    return _named(found)


def examined(connection: duckdb.DuckDBPyConnection, source: Source, scope: Scope) -> list[Emptied]:
    """Return the same without a plan: everything that had values is read."""
    rows = run(connection, statement("complete"), scope.values()).fetchall()
    return _named(_found(source, rows))


def _found(source: Source, rows: list[Any]) -> list[Emptied]:
    suspects = [row for row in rows if row[3] and row[2] >= FEW]
    return [*_missing(source, rows), *_without_values(source, suspects)]


def _named(found: list[Emptied]) -> list[Emptied]:
    """Return what is to be told: the columns of a view without rows need no words."""
    views = {each.model for each in found if not each.column}
    return [each for each in found if not each.column or each.model not in views]


def _missing(source: Source, rows: Iterable[Any]) -> Iterator[Emptied]:
    """Yield the views and columns that are not there."""
    for entity, column, orders, _ in rows:
        if entity not in source.models:
            model = f"{source.contract.destination}__{entity}"
            yield Emptied(entity, model, "", orders, is_missing=True)
        elif column and column not in source.columns[entity]:
            yield Emptied(entity, source.models[entity], column, orders, is_missing=True)


def _without_values(source: Source, rows: list[Any]) -> Iterator[Emptied]:
    """Yield the views that are there and have no rows, and the columns that are all null."""
    for entity in source.contract.entities():
        orders = {column: orders for name, column, orders, _ in rows if name == entity.name}
        present = source.columns.get(entity.name, ())
        names = [column for column in orders if column in present]
        if entity.name not in source.models or not (names or "" in orders):
            continue
        model = source.models[entity.name]
        has_rows, *have_values = source.has_values(entity, names)
        if not has_rows:
            yield Emptied(entity.name, model, "", max(orders.values()), is_missing=False)
        for column, has_values in zip(names, have_values, strict=True):
            if has_rows and not has_values:
                yield Emptied(entity.name, model, column, orders[column], is_missing=False)

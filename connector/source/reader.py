"""The interface of an open warehouse, whose relations can be looked at."""

from collections.abc import Sequence
from typing import Any, Protocol

import duckdb

from connector.contract.contract import Contract
from connector.fit.dialect import Dialect
from connector.source.project import Relation, Warehouse
from connector.source.source import Source
from connector.source.views import View, Views


class Reader(Protocol):
    """An open warehouse; `connection` is the DuckDB that gets what is read.

    Types are named as DuckDB names them. What fails raises duckdb.Error or ConnectorError.
    """

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The run's own DuckDB."""

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse that is open."""

    @property
    def dialect(self) -> Dialect:
        """How SQL for models of this warehouse is written."""

    def columns(self, relation: Relation) -> dict[str, str]:
        """Return the columns of a view with their types, in order; empty if it does not exist."""

    def quoted(self, relation: Relation) -> str:
        """Return the quoted name of a relation."""

    def cast(self, place: str, casts: dict[str, str]) -> str:
        """Return the `relation` of a View: a quoted name, or a select with the casts applied."""

    def aggregates(self, relation: str, values: Sequence[str]) -> tuple[Any, ...]:
        """Return aggregates over a relation, in SQL that any engine understands."""

    def first(self, relation: str, rows: int, column: str = "") -> str:
        """Return a relation of the connection with some rows, or values of a column, not null."""

    def local(self, view: View, of: tuple[str, str] | None = None) -> str:
        """Return a relation of the connection with the rows of a view, casts applied.

        `of` are a column and a value: then only those rows are needed, and others may be missing.
        """

    def bind(self, view: View) -> None:
        """Check that a view can be read, without reading it."""

    def source(self, contract: Contract, found: Views) -> Source:
        """Return the views as the source of orders; `contract` has their free fields."""

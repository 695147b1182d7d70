"""Extracts from the views the orders that may have changed, with all that belongs to them."""

from datetime import datetime

import duckdb

from connector.compile import dropped
from connector.compile.reading import watermark
from connector.ledger.ledger import Scope
from connector.source.source import Source
from connector.sql import Statements, run

statement = Statements(__file__)


class Extract:
    """The rows of orders that were stamped at some time or later, and of those to be looked at."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        scope: Scope,
        held: watermark.Held,
    ) -> None:
        self._connection = connection
        self._source = source
        self._scope = scope.values()
        self.held = held
        self._tables: list[str] = []
        self.known = 0  # orders that were delivered, when the orders are read

    def seek(self) -> int:
        """Note the orders that are read whatever their stamps; returns how many may be there."""
        statement.run(self._connection, "sought", **self._scope)
        return self._count("asked_for")

    def orders(self, since: datetime) -> tuple[int, int, int]:
        """Read the orders; returns how many of them the destination should hold, and how many not.

        The third number is that of the orders that were delivered and not read again.
        """
        self._source.cut_recent(since)
        self._tables.append(self._source.contract.orders.name)
        self._source.cut_sought(since)
        stamped = f"insert into work.sought {watermark.stamped(self._source.contract)}"
        run(self._connection, stamped, {"since": since})
        statement.run(self._connection, "current_of_sought", **self._scope)
        self.known = self._count("known")
        present = watermark.present(self._source.contract, self._source.columns, self.held)
        there, withheld = run(self._connection, present, {}).fetchall()[0]
        return int(there), int(withheld), self.known - delivered(self._connection)

    def children(self) -> Source:
        """Read what belongs to the orders; returns the views as they were cut."""
        self._source.cut_children()
        self._tables = list(self._source.models)
        return self._source.copied()

    def drop(self) -> None:
        """Drop the rows; what they were taken from need not be there any more."""
        for name in self._tables:
            self._connection.execute(dropped("work", watermark.table(name)))

    def undo(self) -> None:
        """Drop everything, so that all can be read."""
        self.drop()
        statement.run(self._connection, "unseek")

    def _count(self, name: str) -> int:
        return int(statement.rows(self._connection, name, **self._scope)[0][0])


def delivered(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many orders of `work.current` were delivered."""
    return int(statement.rows(connection, "delivered")[0][0])

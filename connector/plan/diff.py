"""Compares the fingerprints of the views with the ledger: which orders may have to be sent."""

import duckdb

from connector.ledger.ledger import Scope
from connector.sql import Statements

statement = Statements(__file__)


def remember(connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Fill `work.doubts` and `work.undelivered` from the ledger."""
    ((may_doubt, is_refused),) = statement.rows(connection, "answered", **scope.values())
    if may_doubt:
        statement.run(connection, "doubts", **scope.values())
    if is_refused:
        statement.run(connection, "undelivered")


def compare(
    connection: duckdb.DuckDBPyConnection, *, takes_back: bool, is_divided: bool = False
) -> None:
    """Make `plan.changes`, and `work.ranked` of its candidates, the oldest first.

    What was never sent is left out when it `is_divided` into windows.
    """
    statement.run(connection, "diff", takes_back=takes_back, is_divided=is_divided)
    rank(connection)


def rank(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `work.ranked` of the candidates in `plan.changes`."""
    statement.run(connection, "ranked")


def ask(connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str | None) -> None:
    """Make `work.ranked` of one order, or of all that are sent, without the ledger."""
    statement.run(connection, "asked", **scope.values(), order_id=order_id)

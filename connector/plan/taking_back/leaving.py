"""Finds the orders to be removed at the destination."""

import duckdb

from connector.ledger.ledger import Scope
from connector.sql import Statements

statement = Statements(__file__)


def find(
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    *,
    removes: bool,
    everything: bool,
    key: str,
) -> None:
    """Make `work.leaving`: what is gone, if that is removed, and what is replaced.

    `everything` says whether all orders were read; `key` is the path of the id in a payload.
    """
    values = {"removes": removes, "everything": everything, "key": key}
    statement.run(connection, "leaving", **scope.values(), **values)

"""Counts the orders of a plan by what becomes of them."""

from collections import Counter
from typing import Any

import duckdb

from connector.sql import Statements

statement = Statements(__file__)

_NAMED = ("added", "changed", "in_doubt", "invalid")  # of which examples are named


def counted(connection: duckdb.DuckDBPyConnection, **read: int) -> dict[str, Any]:
    """Return the counts of a plan and its examples; `read` is unread, withheld and known."""
    row = statement.run(connection, "counts", **read)
    names = [column[0] for column in row.description]
    values = dict(zip(names, row.fetchone() or (), strict=True))
    found = dict.fromkeys(_NAMED, ()) | dict(statement.rows(connection, "examples"))
    return {**values, "examples": found}


def too_large(connection: duckdb.DuckDBPyConnection) -> Counter[str]:
    """Return how many orders proved too large when they were rendered, by their change."""
    return Counter(dict(statement.rows(connection, "too_large")))

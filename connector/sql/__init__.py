"""Constant SQL, one statement set a file; values are bound, never formatted."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb


@cache
def statement(name: str) -> str:
    """Return the text of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any]
) -> duckdb.DuckDBPyConnection:
    """Run statements, each with the values that it names; returns the result of the last."""
    for part in _parsed(sql):
        connection.execute(part, {name: values[name] for name in part.named_parameters})
    return connection


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return how many rows a table has."""
    return int(run(connection, statement("count"), {"table": table}).fetchall()[0][0])


@lru_cache(maxsize=256)
def _parsed(sql: str) -> list[duckdb.Statement]:
    return duckdb.extract_statements(sql)

"""Reads every value of a ledger, so that damage shows."""

import duckdb

from connector.sql import Statements

statement = Statements(__file__)


def tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the tables of the attached ledger."""
    return [name for (name,) in statement.rows(connection, "tables")]


def read(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Read every value of a table; raises duckdb.Error when one cannot be read."""
    statement.run(connection, "read_whole", table=f"ledger.{table}")

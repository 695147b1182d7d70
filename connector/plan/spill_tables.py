"""Keeps the large tables of a plan: in memory, or in files of their own when orders are many.

Rows in a file are compressed, and leave memory without being written once more. Such a file lies
beside the spill files, as private as they are, and goes with them.
"""

from pathlib import Path

import duckdb

from connector.compile import literal, quote
from connector.sql import Statements, count

statement = Statements(__file__)

FEW = 100_000  # orders whose plan fits into memory
NAMES = ("plan", "staged")


def clear(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Drop the tables of the last plan, or those that are named."""
    names = names or NAMES
    for name, path in statement.rows(connection, "spill_tables", names=list(names)):
        connection.execute(f"detach {quote(name)}")
        Path(path).unlink()
    for name in names:
        connection.execute(f"drop schema if exists {quote(name)} cascade")


def provide(connection: duckdb.DuckDBPyConnection) -> int:
    """Make `plan` and `staged`, empty, for the orders of `work.seen`; return how many they are."""
    orders = count(connection, "work.seen")
    for name in NAMES:
        if orders <= FEW:
            connection.execute(f"create schema {quote(name)}")
        else:
            attach(connection, name)
    return orders


def attach(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make a file for tables beside the spill files, and attach it by a name."""
    ((directory,),) = connection.execute("select current_setting('temp_directory')").fetchall()
    path = str(Path(directory) / f"{name}.duckdb")
    # The latest format compresses texts best.
    connection.execute(f"attach {literal(path)} as {quote(name)} (storage_version 'latest')")

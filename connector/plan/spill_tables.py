"""Keeps the large tables of a plan: in memory, or in files of their own when orders are many.

Rows in a file are compressed, and leave memory without being written once more. Such a file lies
beside the spill files, as private as they are, and goes with them.
"""

from pathlib import Path

import duckdb

from connector.compile import literal, quote
from connector.sql import Statements

statement = Statements(__file__)

FEW = 100_000  # orders whose plan fits into memory
NAMES = ("plan", "staged")


def clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the tables of the last plan."""
    for name, path in connection.execute(statement("spill_tables")).fetchall():
        connection.execute(f"detach {quote(name)}")
        Path(path).unlink()
    for name in NAMES:
        connection.execute(f"drop schema if exists {quote(name)} cascade")


def provide(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `plan` and `staged`, empty, for the orders of `work.seen`."""
    row = connection.execute(
        "select count(*), current_setting('temp_directory') from work.seen"
    ).fetchone()
    orders, directory = row or (0, "")
    for name in NAMES:
        if orders <= FEW:
            connection.execute(f"create schema {quote(name)}")
        else:
            path = str(Path(directory) / f"{name}.duckdb")
            # The latest format compresses texts best.
            connection.execute(
                f"attach {literal(path)} as {quote(name)} (storage_version 'latest')"
            )

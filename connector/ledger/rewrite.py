"""Rewrites the file of a ledger, without the bytes of deleted rows.

DuckDB frees the blocks of what is deleted and leaves their bytes where they are. Killed at any
moment, either the old file or the new one stands at its place, whole.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from connector.compile import literal
from connector.engine.duckdb_file import is_io
from connector.exceptions import LedgerError
from connector.sql import Statements

statement = Statements(__file__)


def rewrite(connection: duckdb.DuckDBPyConnection, path: Path, ended: Mapping[str, Any]) -> None:
    """Replace the file of the attached ledger by a copy, in which a run has ended as told.

    `ended` are the values of `ledger_event`. The old file stays attached, to be detached: it holds
    the lock until the new one is at its place. Raises LedgerError when it cannot be written.
    """
    fresh = fresh_of(path)
    try:
        drop(path)
        _copy(connection, fresh, ended)
        synced(fresh)
        # Delete its log too: the new file must not be opened with the log of the old one.
        connection.execute("checkpoint ledger")
        fresh.replace(path)
        synced(path.parent)
    except (OSError, duckdb.Error) as error:
        if not is_io(error):
            raise
        raise LedgerError(
            f"{path} cannot be rewritten ({type(error).__name__}), so that what was erased may "
            "still be in its bytes; free as much disk space as the ledger takes, then run it again"
        ) from error


def drop(path: Path) -> None:
    """Delete the copy that a process which was killed has left."""
    fresh = fresh_of(path)
    for left in (fresh, fresh.with_name(f"{fresh.name}.wal")):
        left.unlink(missing_ok=True)


def fresh_of(path: Path) -> Path:
    """Return where the copy is until it is whole."""
    return path.with_name(f"{path.name}.new")


def _copy(connection: duckdb.DuckDBPyConnection, fresh: Path, ended: Mapping[str, Any]) -> None:
    connection.execute(f"attach {literal(str(fresh))} as fresh")
    try:
        fresh.chmod(0o600)
        connection.execute("copy from database ledger to fresh")
        statement.run(connection, "fresh_event", **ended)
        connection.execute("checkpoint fresh")
    finally:
        connection.execute("detach fresh")


def synced(path: Path) -> None:
    """Wait until a file or a directory is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

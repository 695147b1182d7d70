"""Splits a ledger that holds several accounts, once: each gets a file of its own.

Killed at any moment, nothing is lost and nothing is there twice. Until the parts are complete the
whole ledger stands where it was; then it moves aside, which is the one step that counts, and the
parts take their names. Whoever finds it aside goes on from there.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from connector.compile import literal
from connector.compile.ledger_part import copied
from connector.engine.duckdb_file import is_held, is_io
from connector.engine.engine import engine
from connector.exceptions import LedgerError, LedgerHeldError
from connector.ledger import places
from connector.ledger.file import attached
from connector.ledger.migration import make
from connector.ledger.rewrite import synced
from connector.sql import run

WAIT = 60.0  # seconds that another process is given to split the ledger
_BESIDE = (".wire", ".spending.jsonl")  # what a run left beside the ledger for the next one


def split(ledger: Path, memory_limit: str, *, is_alone: bool) -> None:
    """Split the configured ledger if it must be; does nothing for an account that is alone.

    Raises LedgerHeldError when a run holds it, LedgerError when it cannot be split.
    """
    if not _is_due(ledger, is_alone=is_alone):
        return
    try:
        with _locked(ledger):
            if ledger.exists() and not is_alone:
                _divide(ledger, memory_limit)
            if places.moved(ledger).exists():
                _finish(ledger)
    except (OSError, duckdb.Error) as error:
        if is_held(error):
            raise LedgerHeldError(
                f"another run holds {ledger}; wait until it ends, and the ledger is split"
            ) from error
        if not is_io(error):
            raise
        raise LedgerError(
            f"{ledger} cannot be split into one ledger per account ({type(error).__name__}); check "
            "the free space and the permissions of its directory; nothing of it is lost"
        ) from error


def _is_due(ledger: Path, *, is_alone: bool) -> bool:
    return places.moved(ledger).exists() or (ledger.exists() and not is_alone)


@contextmanager
def _locked(ledger: Path) -> Iterator[None]:
    """Hold the directory, so that one process splits and the others wait for it."""
    directory = os.open(ledger.parent, os.O_RDONLY)
    try:
        deadline = time.monotonic() + WAIT
        while not _is_locked(directory):
            if time.monotonic() > deadline:
                raise LedgerHeldError(
                    f"another process splits {ledger} into one ledger per account; wait until it "
                    "ends and try again"
                )
            time.sleep(0.1)
        yield
    finally:
        os.close(directory)


def _is_locked(directory: int) -> bool:
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _divide(ledger: Path, memory_limit: str) -> None:
    """Write a part for each account and environment, and move the whole ledger aside."""
    for old in ledger.parent.glob(f"{ledger.stem}.*.part*"):  # of a split that was killed
        old.unlink()
    with engine(ledger.parent, memory_limit) as connection:
        with attached(connection, ledger) as whole:  # which brings it up to date
            whole.distrust()
        connection.execute(f"attach {literal(str(ledger))} as whole")
        for account, environment in _held(connection):
            path = places.own(ledger, account, environment)
            if path.exists():
                raise LedgerError(
                    f"{ledger} is there again, although it was split into {path} and others; if "
                    f"these are newer, rename {ledger}; otherwise rename all of them"
                )
            _write(connection, path, account, environment)
            _copy_beside(ledger, path)
        connection.execute("checkpoint whole")
        synced(ledger.parent)
        # It is still held, so that no run can begin to write it.
        ledger.rename(places.moved(ledger))
        synced(ledger.parent)


def _held(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the accounts and environments of the whole ledger."""
    found = connection.execute(
        "select distinct destination, split_part(environment, '@', 1) from whole.runs order by all"
    ).fetchall()
    for account, environment in found:
        if not (places.ACCOUNT.fullmatch(account) and places.ACCOUNT.fullmatch(environment)):
            raise LedgerError(
                f"the ledger names {account!r}, which cannot be an account; restore the ledger "
                "from a backup"
            )
    return found


def _write(
    connection: duckdb.DuckDBPyConnection, path: Path, account: str, environment: str
) -> None:
    """Write the part of an account."""
    part = places.part(path)
    connection.execute(f"attach {literal(str(part))} as ledger")
    make(connection, path)
    own = {"account": account, "environment": environment}
    for table, columns in _tables(connection):
        run(connection, copied(table, columns), own)
    connection.execute("checkpoint ledger")
    connection.execute("detach ledger")
    synced(part)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    return connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "semi join (from duckdb_tables() where database_name = 'whole') using (table_name) "
        "where database_name = 'whole' group by table_name order by table_name"
    ).fetchall()


def _copy_beside(ledger: Path, path: Path) -> None:
    """Copy what the last runs left beside the ledger: when they sent, and of how many bytes."""
    for suffix in _BESIDE:
        if ledger.with_suffix(suffix).exists():
            shutil.copyfile(ledger.with_suffix(suffix), path.with_suffix(suffix))


def _finish(ledger: Path) -> None:
    """Give the parts their names, and delete the whole ledger, which they replace."""
    for path in sorted(ledger.parent.glob(f"{ledger.stem}.*.part")):
        path.rename(path.with_suffix(""))
    synced(ledger.parent)
    for suffix in (".stamp.json", *_BESIDE):
        ledger.with_suffix(suffix).unlink(missing_ok=True)
    places.moved(ledger).unlink()

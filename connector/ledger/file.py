"""A ledger in a file on a local disk: DuckDB lets one process at a time write it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import duckdb

from connector.compile import literal
from connector.engine.duckdb_file import (
    is_about,
    is_held,
    is_of_foreign_wal,
    newer_version,
    process_of,
)
from connector.engine.spill import remove_abandoned
from connector.exceptions import ConnectorError, LedgerError, LedgerHeldError
from connector.ledger.beside import closed, holder, progress
from connector.ledger.ledger import Ledger
from connector.ledger.migration import make, migrate, up_to_date
from connector.ledger.rewrite import drop
from connector.ledger.store import Store

WAIT = 10.0  # seconds that a command which only reads the ledger is waited for
TABLES = "select table_name from duckdb_tables() where database_name = 'ledger'"


class LocalFile:
    """The store that needs nothing: the file that DuckDB opens is the ledger."""

    def __init__(self, path: Path, *, ignores_closed: bool = False) -> None:
        """Take the file; only what moves ledgers may open one that is closed."""
        self.path, self._ignores_closed = path, ignores_closed

    def attach(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        """Attach the file, which DuckDB locks; one that a run does not hold is waited for."""
        if not self._ignores_closed:
            closed.check(self.path)
        try:
            if not read_only:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _attach_patiently(connection, self.path, read_only=read_only)
        except (OSError, duckdb.Error) as error:
            raise _attach_error(self.path, error) from error

    def append(self) -> None:
        """Do nothing: what is committed is on the disk."""

    def flush(self) -> None:
        """Do nothing: what is committed is on the disk."""

    def check(self) -> None:
        """Do nothing: the lock ends with the process."""

    def detach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Detach the file, which frees it."""
        # A ledger that failed to write is closed by DuckDB itself.
        with suppress(duckdb.Error):
            connection.execute("detach ledger")


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, where: Path | Store, *, read_only: bool = False
) -> Iterator[Ledger]:
    """Attach a ledger as `ledger`; `where` is its store, or the path of a file on a local disk.

    A reader of one that is not there yet gets an empty one. Raises LedgerHeldError when another run
    holds it, LedgerError when it is damaged, of a newer version, no ledger at all, or cannot be
    written.
    """
    store = LocalFile(where) if isinstance(where, Path) else where
    store.attach(connection, read_only=read_only)
    try:
        yield from _opened(connection, store, read_only=read_only)
    except BaseException:
        with suppress(ConnectorError):  # the first error says more than a second
            store.detach(connection)
        raise
    store.detach(connection)


def _opened(
    connection: duckdb.DuckDBPyConnection, store: Store, *, read_only: bool
) -> Iterator[Ledger]:
    """Yield the attached ledger, brought up to date."""
    path = store.path
    try:
        _prepare(connection, store, read_only=read_only)
        if not read_only:
            holder.write(path)
        with up_to_date(connection, path) if read_only else nullcontext():
            yield Ledger(connection, path, store)
    except duckdb.IOException as error:
        if not is_about(error, path):  # it is a spill file or the warehouse that is at fault
            raise
        raise LedgerError(
            f"{path} is damaged, or the disk is full; restore it from a backup, or see “A lost "
            "ledger” in docs/operations.md"
        ) from error
    finally:
        if not read_only:
            holder.remove(path)


def _attach_patiently(
    connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool
) -> None:
    """Attach the ledger; wait a little for a command that only reads it, but never for a run."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            _attach(connection, path, read_only=read_only)
        except duckdb.Error as error:
            run = progress.read(path) or {}
            is_run = str(run.get("process")) == process_of(error)
            if not process_of(error) or is_run or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    if not read_only:
        connection.execute(f"attach {literal(str(path))} as ledger")
        return
    if path.exists():
        connection.execute(f"attach {literal(str(path))} as ledger (read_only)")
        if connection.execute(TABLES).fetchall():
            return
        connection.execute("detach ledger")
    connection.execute("attach ':memory:' as ledger")


def _prepare(connection: duckdb.DuckDBPyConnection, store: Store, *, read_only: bool) -> None:
    """Make the tables of a new ledger and bring an old one up to date, if it is one of ours."""
    path = store.path
    tables = {name for (name,) in connection.execute(TABLES).fetchall()}
    if not tables:
        make(connection, path)
    elif "meta" not in tables:
        raise LedgerError(f"{path} is not a ledger; correct `ledger:` in connector.yml")
    if not read_only:
        migrate(connection, path)
        store.append()
        remove_abandoned(path.parent)
        drop(path)


def _attach_error(path: Path, error: Exception) -> ConnectorError:
    text = str(error)
    if is_held(error):
        return LedgerHeldError(
            f"another run holds {path}{_holder(path, error)}; wait until it ends, "
            "`connector status` shows how far it is"
        )
    if version := newer_version(path, error):
        return LedgerError(
            f"{path} was written by DuckDB {version}, and {duckdb.__version__} is installed; run "
            f"`pip install 'duckdb>={version}'`"
        )
    if is_of_foreign_wal(error, path):
        return LedgerError(
            f"{path}.wal does not belong to {path}; restore both from one backup, or see “A lost "
            "ledger” in docs/operations.md"
        )
    if isinstance(error, OSError) or "ermission denied" in text or "Cannot open file" in text:
        return LedgerError(
            f"{path} cannot be written; check the permissions and the free space of its directory"
        )
    return LedgerError(
        f"{path} is not a ledger, or is damaged; see “A lost ledger” in docs/operations.md"
    )


def _holder(path: Path, error: Exception) -> str:
    """Return who holds the ledger, in brackets: as it has noted itself, or what DuckDB says."""
    process, noted = process_of(error), holder.read(path)
    if noted and str(noted.process) == process:
        return f" ({noted})"
    return f" (process {process})" if process else ""

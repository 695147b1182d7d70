"""Opens the ledger's file: one process at a time, made when there is none."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from connector import progress
from connector.compile import literal
from connector.errors import ConnectorError, LedgerError, LedgerHeldError
from connector.ledger import Ledger
from connector.migration import make, migrate, up_to_date

WAIT = 10.0  # seconds that a command which only reads the ledger is waited for
TABLES = "select table_name from duckdb_tables() where database_name = 'ledger'"


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool = False
) -> Iterator[Ledger]:
    """Attach the ledger as `ledger`; a reader of one that is not there yet gets an empty one.

    Raises LedgerHeldError when another run holds it, LedgerError when it is damaged, of a newer
    version, no ledger at all, or cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _attach_patiently(connection, path, read_only=read_only)
    except (OSError, duckdb.Error) as error:
        raise _attach_error(path, error) from error
    try:
        _prepare(connection, path, read_only=read_only)
        with up_to_date(connection, path):
            yield Ledger(connection, path)
    except duckdb.IOException as error:
        raise LedgerError(
            f"{path} is damaged, or the disk is full; restore it from a backup, or see “A lost "
            "ledger” in docs/operations.md"
        ) from error
    finally:
        # A ledger that failed to write is closed by DuckDB itself.
        with suppress(duckdb.Error):
            connection.execute("detach ledger")


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
            is_run = str(run.get("process")) == _holder(error)
            if not _holder(error) or is_run or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _holder(error: Exception) -> str:
    """Return the number of the process that holds the file, as DuckDB tells it, or nothing."""
    text = str(error)
    return text.partition("(PID ")[2].partition(")")[0] if "lock" in text else ""


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


def _prepare(connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    """Make the tables of a new ledger and bring an old one up to date, if it is one of ours."""
    tables = {name for (name,) in connection.execute(TABLES).fetchall()}
    if not tables:
        make(connection, path)
    elif "meta" not in tables:
        raise LedgerError(f"{path} is not a ledger; correct `ledger:` in connector.yml")
    if not read_only:
        migrate(connection, path)
        _sweep(connection, path)


def _sweep(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Remove what a killed run left: while we hold the ledger no other run has spill files."""
    import shutil  # noqa: PLC0415 - start-up time

    row = connection.execute("select current_setting('temp_directory')").fetchone()
    own = Path(row[0]).name if row else ""
    for spill in path.parent.glob("spill-*"):
        if spill.name != own:
            shutil.rmtree(spill, ignore_errors=True)


def _attach_error(path: Path, error: Exception) -> ConnectorError:
    text = str(error)
    if "Could not set lock" in text or "Conflicting lock" in text:
        holder = _holder(error)
        return LedgerHeldError(
            f"another run holds {path}{f' (process {holder})' if holder else ''}; wait until it "
            "ends, `connector status` shows how far it is"
        )
    if isinstance(error, OSError) or "ermission denied" in text or "Cannot open file" in text:
        return LedgerError(
            f"{path} cannot be written; check the permissions and the free space of its directory"
        )
    return LedgerError(
        f"{path} is no ledger, is damaged, or was written by a newer DuckDB than "
        f"{duckdb.__version__}; see “A lost ledger” in docs/operations.md"
    )

"""The DuckDB instance of a run: in memory, private spill files, UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from connector.engine.duckdb_file import is_about, is_io
from connector.engine.spill import spilling
from connector.exceptions import ConnectorError, CrashError, InstallationError, LedgerError
from connector.sql import Statements

statement = Statements(__file__)

_UNFIT = {"2.0.0": "fails over columns that are all null, as a brand without e-mail addresses has"}
_FIT = "2.0.1"
SETTINGS = {"autoinstall_known_extensions": "false"}
MEMORY_LIMIT = "450MB"  # of DuckDB's buffers; what is over it is spilled to disk


def unfit_version() -> str | None:
    """Say why the installed DuckDB cannot be used and what to do, or nothing if it can."""
    found = duckdb.__version__
    if found not in _UNFIT:
        return None
    return f"DuckDB {found} {_UNFIT[found]}; run `pip install 'duckdb>={_FIT},<3'`"


def require_fit_version() -> None:
    """Raise InstallationError when the installed DuckDB cannot be used."""
    if unfit_version():
        raise InstallationError(f"{unfit_version()}; run it again then")


@contextmanager
def engine(
    directory: Path,
    memory_limit: str = MEMORY_LIMIT,
    *,
    read_only: bool = False,
    jobs: int = 1,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the empty schema `work`, and a limit of memory.

    One of several `jobs` gets its share of that, and of the threads.
    Its spill files live below `directory`, the ledger's, and go with it; those of a command that is
    `read_only` elsewhere when nothing can be written there. Raises LedgerError when there is no
    place or no room for them, InstallationError when the installed DuckDB cannot be used.
    """
    require_fit_version()
    with spilling(directory, read_only=read_only) as spill:
        connection = duckdb.connect(
            ":memory:",
            config={**SETTINGS, "temp_directory": str(spill), "memory_limit": memory_limit},
        )
        try:
            connection.execute(statement("engine"))
            if jobs > 1:
                _share(connection, jobs)
            yield connection
        except duckdb.Error as error:
            shared = f"{memory_limit} shared by {jobs} accounts" if jobs > 1 else memory_limit
            if told := _too_small(error, spill, shared):
                raise told from error
            raise
        finally:
            connection.close()


def limits(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Return the limit of memory in bytes, and the number of threads."""
    ((memory, threads),) = statement.rows(connection, "limits")
    return memory, threads


def limit(connection: duckdb.DuckDBPyConnection, memory: int, threads: int) -> None:
    """Set both."""
    statement.run(connection, "limit", memory=f"{memory}B", threads=threads)


@contextmanager
def alone(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Use one thread for statements of which more than one takes memory and saves no time."""
    with limited(connection, limits(connection)[0], 1):
        yield


@contextmanager
def limited(connection: duckdb.DuckDBPyConnection, memory: int, threads: int) -> Iterator[None]:
    """Set both limits for a while."""
    before = limits(connection)
    limit(connection, memory, threads)
    try:
        yield
    finally:
        limit(connection, *before)


def ended_by(connection: duckdb.DuckDBPyConnection, error: BaseException) -> ConnectorError:
    """Return the error that tells why a run ended; CrashError for one that nobody foresaw."""
    if isinstance(error, ConnectorError):
        return error
    found = None
    if isinstance(error, duckdb.Error):
        ((memory, spill),) = statement.rows(connection, "room")
        found = _too_small(error, Path(spill), memory)
    return found or CrashError.of(error)


def _share(connection: duckdb.DuckDBPyConnection, jobs: int) -> None:
    """Leave the others what is theirs: memory and threads."""
    memory, threads = limits(connection)
    limit(connection, memory // jobs, max(1, threads // jobs))


def _too_small(error: duckdb.Error, spill: Path, memory_limit: str) -> LedgerError | None:
    """Return the message for too little memory or disk space, None for another error."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return LedgerError(
            f"{memory_limit} of memory, or the disk at {spill.parent.resolve()}, are too small for "
            "what is to be done; raise `memory_limit:` in connector.yml, or free disk space"
        )
    if is_io(error) and is_about(error, spill):
        return LedgerError(
            f"the spill files in {spill.parent} cannot be written or read; free disk space, or "
            "raise `memory_limit:` in connector.yml; the ledger is well"
        )
    return None

"""The DuckDB instance of a run: in memory, private spill files, UTC."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from connector.errors import InstallationError, LedgerError
from connector.sql import statement

_UNFIT = {"2.0.0": "fails over columns that are all null, as a brand without e-mail addresses has"}
_FIT = "2.0.1"
MEMORY_LIMIT = "450MB"  # of DuckDB's buffers; what is over it is spilled to disk


def unfit_version() -> str | None:
    """Say why the installed DuckDB cannot be used and what to do, or nothing if it can."""
    found = duckdb.__version__
    if found not in _UNFIT:
        return None
    return f"DuckDB {found} {_UNFIT[found]}; run `pip install 'duckdb>={_FIT},<3'`"


def require_fit_version() -> None:
    """Raise InstallationError when the installed DuckDB cannot be used."""
    if message := unfit_version():
        raise InstallationError(message)


@contextmanager
def engine(
    directory: Path, memory_limit: str = MEMORY_LIMIT
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the empty schema `work`, and a limit of memory.

    Its spill files live below `directory`, the ledger's, and go with it. Raises LedgerError when
    nothing can be written there, InstallationError when the installed DuckDB cannot be used.
    """
    require_fit_version()
    spill = _spill(directory)
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "temp_directory": str(spill),
            "memory_limit": memory_limit,
        },
    )
    try:
        connection.execute(statement("engine"))
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise LedgerError(
            f"{memory_limit} of memory, or the disk at {directory}, are too small for what is to "
            "be done; raise `memory_limit:` in connector.yml, or free disk space"
        ) from error
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def _spill(directory: Path) -> Path:
    """Make a folder for spill files; raises LedgerError when it cannot be made."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(mkdtemp(prefix="spill-", dir=directory))
    except OSError as error:
        raise LedgerError(
            f"the ledger's directory {directory} cannot be written ({error.strerror}); correct "
            "`ledger:` in connector.yml, or its permissions"
        ) from error

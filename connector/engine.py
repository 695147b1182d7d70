"""The DuckDB instance of a run: in memory, private spill files, UTC."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from connector.errors import LedgerError
from connector.sql import statement

MEMORY_LIMIT = "450MB"  # of DuckDB's buffers; what is over it is spilled to disk


@contextmanager
def engine(
    directory: Path, memory_limit: str = MEMORY_LIMIT
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the empty schema `work`, and a limit of memory.

    Its spill files live below `directory`, the ledger's, and go with it. Raises LedgerError when
    nothing can be written there.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        spill = Path(mkdtemp(prefix="spill-", dir=directory))
    except OSError as error:
        raise LedgerError(
            f"the ledger's directory {directory} cannot be written ({error.strerror}); correct "
            "`ledger:` in connector.yml, or its permissions"
        ) from error
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

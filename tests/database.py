"""Opens DuckDB files in one instance: making another costs more than a statement."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from connector.compile import quote

_ONE_AT_A_TIME = threading.RLock()  # a file can be attached only once


@contextmanager
def database(
    path: Path, name: str | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection whose database is the file, in UTC; afterwards the file is closed.

    Its name is that of the file, unless another one is given.
    """
    name, how = quote(name or path.stem), "read_only" if read_only else "read_write"
    with _ONE_AT_A_TIME:
        _instance().execute(f"attach {_text(path)} as {name} ({how})")
        try:
            with _instance().cursor() as connection:
                connection.execute(f"use {name}")
                yield connection
        finally:
            _instance().execute(f"detach {name}")


@cache
def _instance() -> duckdb.DuckDBPyConnection:
    # Without threads of its own a test may fork beside it.
    instance = duckdb.connect(config={"threads": 1, "async_threads": 0})
    instance.execute("set global TimeZone = 'UTC'")
    return instance


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"

"""Threads in which DuckDB renders while the main thread does something else."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import duckdb

THREADS = 2


class Renderers:
    """A few threads with a cursor each."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="renderer")
        self._own = threading.local()
        self._cursors: list[duckdb.DuckDBPyConnection] = []

    def end(self) -> None:
        """End what runs in the threads, and wait for it."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        for cursor in self._cursors:
            cursor.interrupt()
        self.pool.shutdown()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return the cursor of the thread that asks."""
        found: duckdb.DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if found is None:
            found = self._own.cursor = self.connection.cursor()
            found.execute("set timezone = 'UTC'")
            self._cursors.append(found)
        return found


@contextmanager
def renderers(connection: duckdb.DuckDBPyConnection) -> Iterator[Renderers]:
    """Yield the threads; what runs in them ends with the block.

    Meanwhile DuckDB has no threads of its own: chunks are small, and ours keep the cores busy.
    """
    found = Renderers(connection)
    connection.execute("set threads = 1")
    try:
        yield found
    finally:
        found.end()
        connection.execute("reset threads")

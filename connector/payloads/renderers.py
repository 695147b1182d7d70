"""Threads in which DuckDB renders while the main thread does something else."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import duckdb

from connector.engine.engine import limit, limits

THREADS = 2  # at least, where there are as many cores
EACH = 200_000_000  # bytes of the limit of memory for each of more threads, with a chunk ahead
FEW = 10_000  # orders, for which it takes longer to set DuckDB up than it saves
# Bytes over the limit of memory, for what is freed and not given back; less where that is small.
SLACK = 200_000_000


class Renderers:
    """A few threads with a cursor each."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, threads: int = THREADS) -> None:
        self.connection, self.threads = connection, threads
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="renderer")
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
def renderers(connection: duckdb.DuckDBPyConnection, orders: int) -> Iterator[Renderers]:
    """Yield the threads, to render so many orders; what runs in them ends with the block."""
    if orders <= FEW:
        with _ending(Renderers(connection)) as found:
            yield found
        return
    memory, threads = limits(connection)
    few = Renderers(connection, min(threads, max(THREADS, memory // EACH)))
    with _suited(connection, memory, threads), _ending(few) as found:
        yield found


@contextmanager
def _ending(found: Renderers) -> Iterator[Renderers]:
    try:
        yield found
    finally:
        found.end()


@contextmanager
def _suited(connection: duckdb.DuckDBPyConnection, memory: int, threads: int) -> Iterator[None]:
    """Set DuckDB up for many small chunks, which our threads alone keep all cores busy with.

    It counts what it has freed as used, and gives that back to the system only to take it again for
    the next chunk, at great cost; what is really used by chunks stays far below its limit.
    """
    slack = min(SLACK, memory * 4 // 9)
    limit(connection, memory + slack, 1)
    try:
        yield
    finally:
        limit(connection, memory, threads)

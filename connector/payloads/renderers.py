"""Threads in which DuckDB renders while the main thread does other work."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import duckdb

from connector.engine.engine import limited, limits

THREADS = 2  # where orders are few
EACH = 200_000_000  # bytes of the memory limit for each thread and its chunk
FEW = 10_000  # orders; for fewer, setting DuckDB up takes longer than it saves
# Bytes above the memory limit for freed memory not yet returned; less when the limit is small.
SLACK = 200_000_000


class Renderers:
    """A few threads, each with its own cursor."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, threads: int = THREADS) -> None:
        self.connection, self.threads = connection, threads
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="renderer")
        self._own = threading.local()
        self._cursors: list[duckdb.DuckDBPyConnection] = []

    def end(self) -> None:
        """Stop the queries that run in the threads, and wait for their end."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        for cursor in self._cursors:
            cursor.interrupt()
        self.pool.shutdown()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return the cursor of the calling thread."""
        found: duckdb.DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if found is None:
            found = self._own.cursor = self.connection.cursor()
            found.execute("set timezone = 'UTC'")
            self._cursors.append(found)
        return found


@contextmanager
def renderers(connection: duckdb.DuckDBPyConnection, orders: int) -> Iterator[Renderers]:
    """Yield threads to render `orders` orders; their queries end with the block."""
    if orders <= FEW:
        with _ending(Renderers(connection)) as found:
            yield found
        return
    memory, threads = limits(connection)
    few = Renderers(connection, min(threads, max(1, memory // EACH)))
    # Our own threads render many small chunks on all cores.
    with limited(connection, _room(memory), 1), _ending(few) as found:
        yield found


@contextmanager
def _ending(found: Renderers) -> Iterator[Renderers]:
    try:
        yield found
    finally:
        found.end()


def _room(memory: int) -> int:
    """Return the bytes that DuckDB may use while chunks are rendered.

    It counts freed memory as used and, near its limit, returns it to the system only to take it
    again for the next chunk, at great cost. What chunks really use stays far below the limit.
    """
    return memory + min(SLACK, memory * 4 // 9)

"""Where a ledger lives: what is asked of any such place.

DuckDB works on a file, so every store has one on a local disk: it is the ledger itself (`file`), or
a cache of what is kept elsewhere.
"""

from pathlib import Path
from typing import Protocol

import duckdb


class Store(Protocol):
    """One ledger: held by one writer at a time, and by whoever only reads.

    Every method but `check` is called by the thread that writes the ledger.
    """

    @property
    def path(self) -> Path:
        """Return the file that DuckDB opens; small files of a run stand beside it."""
        ...

    def attach(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        """Attach the ledger as `ledger`, as it was left last; hold it unless only reading.

        A reader of a ledger that is not there gets an empty one. Raises LedgerHeldError when
        another run holds it, LedgerError when it cannot be used.
        """
        ...

    def append(self) -> None:
        """Keep what the transaction wrote that was just committed, now or soon.

        Raises LedgerHeldError when the ledger is held no more, LedgerError when it cannot be kept.
        """
        ...

    def flush(self) -> None:
        """Return when all that was appended survives the end of this machine; raises the same."""
        ...

    def check(self) -> None:
        """Raise LedgerHeldError unless the ledger is still held; called before each request.

        It is called from the threads that send.
        """
        ...

    def detach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Put the ledger back and hold it no more; raises LedgerError when something was not kept.

        It may be called whatever went wrong before.
        """
        ...

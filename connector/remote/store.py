"""The store of a ledger that outlives its machine; the local file is a cache.

DuckDB writes each commit to its log, and pieces of the log go to the store unchanged. A change of
the file itself, such as a load of very many rows, makes a new generation at once.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

import duckdb

from connector.blobs.address import blobs
from connector.exceptions import ConnectorError, LedgerError, LedgerHeldError
from connector.ledger.file import LocalFile
from connector.remote import accounts, beside, cleanup, generations, journal
from connector.remote.cache_lock import CacheLock, who
from connector.remote.holding import Holding
from connector.remote.journal import Journal
from connector.remote.lease import Lease
from connector.remote.packs.manifest import Generation
from connector.remote.touched import is_touched, mark

LARGEST = 64 << 20  # bytes of a log after which a new generation is made

log = logging.getLogger(__name__)


class RemoteStore:
    """One ledger below an address, such as `s3://bucket/prefix/ACCOUNT.ENVIRONMENT`."""

    def __init__(self, address: str, path: Path, seconds: float) -> None:
        """Prepare; `path` is the cache, `seconds` the time to live of a beat."""
        self.path, self._address, self._seconds = path, address, seconds
        self._local = LocalFile(path)
        self._wal = Path(f"{path}.wal")
        self._lock = CacheLock(path)
        self._lease: Lease | None = None
        self._journal: Journal | None = None
        self._generation = Generation(0)
        self._inode, self._is_clean = 0, True

    def attach(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        """Lock the ledger, fetch what the cache lacks, and attach the cache."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._blobs, self._connection = blobs(self._address), connection
        self._lock.take()
        try:
            if read_only:
                self._attach_reader()
            else:
                self._attach_writer()
        except BaseException:
            self._is_clean = False
            self._let_go()
            raise

    def append(self) -> None:
        """Queue the last transaction for the store."""
        if is_touched(self.path) or journal.size(self._wal) > LARGEST:
            self._seal_attached()
        elif self._journal:
            self._journal.append()

    def flush(self) -> None:
        """Wait until the store has everything."""
        if self._journal:
            self._journal.flush()

    def check(self) -> None:
        """Raise LedgerHeldError unless the lease lasts for a request."""
        if self._lease:
            self._lease.check()

    def detach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Detach the cache, which compacts it, and store it as a generation."""
        if self._journal is None:  # it was opened only for reading
            self._local.detach(connection)
            return
        try:
            self._journal.append()
            self._journal.flush()
        except ConnectorError:
            self._is_clean = False
            raise
        finally:
            self._local.detach(connection)
            self._put_back()

    def _attach_reader(self) -> None:
        self._fetch(None)
        self._local.attach(self._connection, read_only=True)
        self._let_go()

    def _attach_writer(self) -> None:
        self._lease = Lease(self._blobs, self._seconds, who(), self._lock.place())
        before, is_ready = self._lease.take(), False
        self._connection.execute("set checkpoint_threshold = '1TB'")
        while not is_ready:
            is_ready = self._attach_fetched(before)
        self._journal = Journal(self._blobs, self._wal, self._headed)
        self._journal.begin(self._generation.number)
        self._inode = self.path.stat().st_ino

    def _attach_fetched(self, before: Holding | None) -> bool:
        """Attach the ledger as it was left; return false when that has changed meanwhile.

        A previous holder whose last write may still arrive is shut out: the number of its next
        piece is occupied, then that of its next generation.
        """
        self.check()  # another run may have taken over meanwhile
        self._generation, pieces = self._fetch(before)
        number, may_write = self._generation.number, before is not None and before.may_write
        if may_write and number and not journal.fence(self._blobs, number, pieces + 1):
            return False
        if not number:
            accounts.announce(self._address)
        elif not pieces:
            mark(self.path)
        self._local.attach(self._connection, read_only=False)
        return not (pieces or may_write) or self._is_sealed()

    def _is_sealed(self) -> bool:
        """Store the attached ledger as the next generation; detach it if that one exists."""
        self._connection.execute("checkpoint ledger")
        try:
            self._seal()
        except LedgerHeldError:
            self._local.detach(self._connection)
            return False
        return True

    def _fetch(self, before: Holding | None) -> tuple[Generation, int]:
        """Bring the cache up to date; return its generation and the number of later pieces."""
        known = generations.numbers(self._blobs)
        if not known:
            for path in (self.path, self._wal):
                path.unlink(missing_ok=True)
            return Generation(0), 0
        found = generations.read(self._blobs, known[-1])
        fetched = generations.fetch(self._blobs, found, self.path)
        pieces, texts = journal.fetch(self._blobs, found.number, self._wal)
        log.info("the ledger was fetched", extra={"blocks": fetched, "pieces": pieces})
        is_own = before is not None and before.place == self._lock.place() != ""
        beside.write(self.path, {**found.beside, **texts}, is_own=is_own)
        return found, pieces

    def _headed(self) -> Mapping[str, object]:
        holder = self._lease.holder if self._lease else ""
        return {"holder": holder, "beside": beside.read(self.path)}

    def _seal_attached(self) -> None:
        """Store a generation while the ledger is attached."""
        self.check()
        self.flush()
        self._connection.execute("checkpoint ledger")
        self._seal()

    def _seal(self, *, is_erased: bool = False) -> None:
        before, texts = self._generation, beside.read(self.path)
        if is_erased:  # other blocks of the packs before may hold it, so that none is used again
            before = Generation(before.number)
        with self.path.open("rb") as file:
            self._generation = generations.seal(self._blobs, file, before, texts, who())
        if self._journal:
            self._journal.begin(self._generation.number)
        mark(self.path)

    def _put_back(self) -> None:
        """Store the last generation of a run; if that fails, the journal still has everything.

        Data erased by rewriting the file must also be deleted from the store: raises LedgerError
        when that fails.
        """
        is_erased = self.path.stat().st_ino != self._inode
        try:
            if not self._wal.exists() and is_touched(self.path):
                self.check()
                self._seal(is_erased=is_erased)
                number = self._generation.number
                cleanup.delete_unneeded(self._blobs, number, self.check, is_erased=is_erased)
        except (ConnectorError, OSError) as error:
            self._is_clean = False
            if is_erased:
                raise LedgerError(
                    f"what was erased may still be in {self._address}; run it again ({error})"
                ) from error
            log.warning("the ledger was not compacted in its store: %s", error)
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._journal:
            self._journal.close()
        if self._lease:
            self._lease.release(is_clean=self._is_clean)
        self._journal = self._lease = None
        self._blobs.close()
        self._lock.free()

"""The lock of a cache on this machine, and the name by which other machines know it."""

import fcntl
import os
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from connector.exceptions import LedgerHeldError
from connector.ledger import file
from connector.ledger.beside import holder, progress

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class CacheLock:
    """Held by the process that writes a cache or fetches into it; it ends with the process."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._number: int | None = None

    def take(self) -> None:
        """Take it; wait for a reader, but not for a run. Raises LedgerHeldError."""
        how = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        self._number = os.open(self._cache.with_suffix(".cache-lock"), how, 0o600)
        deadline = time.monotonic() + file.WAIT
        while not self._is_taken():
            if progress.read(self._cache) or time.monotonic() > deadline:
                self.free()
                by = holder.read(self._cache)
                raise LedgerHeldError(
                    f"another run holds the ledger{f' ({by})' if by else ''}; wait until it ends, "
                    "`connector status` shows how far it is"
                )
            time.sleep(0.1)

    def free(self) -> None:
        """Free it."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

    def place(self) -> str:
        """Return a name of the locked file that is unique among machines, or an empty text."""
        with suppress(OSError):
            if self._number is not None:
                found = os.fstat(self._number)
                return f"{_BOOT.read_text().strip()}:{found.st_dev}:{found.st_ino}"
        return ""

    def _is_taken(self) -> bool:
        if self._number is None:
            return False
        try:
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def who() -> str:
    """Return a description of this process."""
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"process {os.getpid()} on {socket.gethostname()} since {since}"

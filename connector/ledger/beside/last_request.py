"""The last moment at which a request may have been under way, in a small file beside the ledger.

It is noted before the first byte of each request, so that the run after one that was killed knows
until when a late request of it may still be processed.
"""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from connector.text import private_file

SLACK = 5.0  # seconds beyond `read_timeout` that a request on its way is given

log = logging.getLogger(__name__)


class LastRequest:
    """Notes the requests of one run, from any thread."""

    def __init__(self, ledger: Path, run_id: int, check: Callable[[], None]) -> None:
        """Note that requests of the run may begin from now on; `check` says whether each may."""
        self._path, self._run_id, self._renewed = path_of(ledger), run_id, 0.0
        self._check = check
        self.note()

    def begin(self) -> None:
        """Note that a request begins, before its first byte.

        Raises LedgerHeldError when it must not, as another run has the ledger.
        """
        self._check()
        self.note()

    def renew(self) -> None:
        """Note that requests are under way, if that was not done within the last second."""
        if time.monotonic() >= self._renewed + 1.0:
            self._renewed = time.monotonic()
            self.note()

    def note(self) -> None:
        """Note that requests are under way.

        When that cannot be written, the next run takes the moment at which it begins itself.
        """
        line = f"{self._run_id:10d} {time.time():20.6f}\n".encode()
        try:
            file = private_file.opened(self._path, 0)
            try:
                os.write(file, line)
            finally:
                os.close(file)
        except OSError as error:
            log.info("the moment of a request was not noted", extra={"error": type(error).__name__})
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


def last(ledger: Path) -> tuple[int, datetime] | None:
    """Return the run that sent the last request and the moment, or None when it is not known."""
    try:
        run_id, seconds = path_of(ledger).read_text().split()
        return int(run_id), datetime.fromtimestamp(float(seconds), UTC)
    except (OSError, ValueError, OverflowError):
        return None


def path_of(ledger: Path) -> Path:
    """Return where the moment is noted."""
    return ledger.with_suffix(".wire")

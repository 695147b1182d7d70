"""A small file that says how far a run is, since no other process can read the ledger meanwhile."""

import json
import logging
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from connector.text import private_file

log = logging.getLogger(__name__)


class ProgressFile:
    """Written beside the ledger with mode 0600, and removed at the end.

    It is replaced atomically, at most once a second.
    """

    def __init__(self, ledger: Path) -> None:
        self._path = path_of(ledger)
        self._next = 0.0

    def write(self, facts: Mapping[str, Any], *, now: bool = False) -> None:
        """Replace the file with `facts` and this process's number.

        Does nothing when that was done within the last second, unless `now`.
        """
        if time.monotonic() < self._next and not now:
            return
        self._next = time.monotonic() + 1.0
        text = json.dumps({**facts, "process": os.getpid()})
        try:
            private_file.replace(self._path, text)
        except OSError as error:  # a full disk must not stop the sending
            facts = {"error": type(error).__name__, "path": str(self._path)}
            log.info("the progress file cannot be written", extra=facts)

    def remove(self) -> None:
        """Remove the file: the run ended."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def path_of(ledger: Path) -> Path:
    """Return where the progress of a ledger's run is written."""
    return ledger.with_suffix(".progress.json")


def read(ledger: Path) -> dict[str, Any] | None:
    """Return the progress of the run that holds the ledger, or None when there is none."""
    try:
        facts = json.loads(path_of(ledger).read_bytes())
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None

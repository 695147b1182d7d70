"""Who holds a ledger, in a small file beside it, for the message of other runs."""

import json
import logging
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from connector.text import private_file

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that writes a ledger, on which machine, since when, and its run if it has one."""

    process: int
    host: str
    since: str  # ISO-8601
    run_id: int | None = None

    def __str__(self) -> str:
        run = f", run {self.run_id}" if self.run_id else ""
        return f"process {self.process} on {self.host} since {self.since}{run}"


def write(ledger: Path, run_id: int | None = None) -> None:
    """Note that this process holds the ledger; the note does not lock it."""
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    holder = Holder(os.getpid(), socket.gethostname(), since, run_id)
    try:
        private_file.replace(path_of(ledger), json.dumps(asdict(holder)))
    except OSError as error:
        facts = {"error": type(error).__name__, "path": str(path_of(ledger))}
        log.info("who holds the ledger cannot be noted", extra=facts)


def read(ledger: Path) -> Holder | None:
    """Return the last holder that was noted; it may have been killed since."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads(path_of(ledger).read_bytes())
        run_id = None if facts["run_id"] is None else int(facts["run_id"])
        return Holder(int(facts["process"]), str(facts["host"]), str(facts["since"]), run_id)
    return None


def remove(ledger: Path) -> None:
    """Note that the ledger is free again."""
    with suppress(OSError):
        path_of(ledger).unlink(missing_ok=True)


def path_of(ledger: Path) -> Path:
    """Return where the holder is noted."""
    return ledger.with_suffix(".holder.json")

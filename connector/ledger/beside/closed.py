"""A note beside a ledger's file that closes it: it was moved, and another one is used now."""

import json
from contextlib import suppress
from pathlib import Path

from connector.exceptions import LedgerError
from connector.text import private_file


def write(ledger: Path, reason: str) -> None:
    """Close a ledger; `reason` says what to do instead. Raises LedgerError."""
    try:
        ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_file.replace(path_of(ledger), json.dumps({"closed": reason}))
    except OSError as error:
        raise LedgerError(
            f"{path_of(ledger)} cannot be written ({error.strerror}); check the permissions and "
            "the free space of its directory"
        ) from error


def read(ledger: Path) -> str:
    """Return why a ledger is closed, an empty text when it is open."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads(path_of(ledger).read_bytes())["closed"])
    return ""


def check(ledger: Path) -> None:
    """Raise LedgerError if a ledger is closed."""
    if message := read(ledger):
        raise LedgerError(message)


def remove(ledger: Path) -> None:
    """Open a ledger again."""
    path_of(ledger).unlink(missing_ok=True)


def path_of(ledger: Path) -> Path:
    """Return where the note is."""
    return ledger.with_suffix(".closed.json")

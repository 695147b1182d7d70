"""Chooses the store of a ledger: its file, or one below the address in connector.yml."""

from pathlib import Path

from connector.ledger import places
from connector.ledger.file import LocalFile
from connector.ledger.store import Store

SLACK = 15.0  # seconds of the time to live beyond `read_timeout`
USUAL = 60.0 + SLACK  # for commands that send nothing


def store(address: str, path: Path, seconds: float = USUAL) -> Store:
    """Return the store of the ledger whose file or cache has this path."""
    if not address:
        return LocalFile(path)
    # Most ledgers are files, and a run starts sooner without the rest of this package.
    from connector.remote.store import RemoteStore  # noqa: PLC0415

    return RemoteStore(ledger_address(address, path), path, seconds)


def ledger_address(address: str, path: Path) -> str:
    """Return the address of the ledger whose cache has this path, an empty text for a file."""
    return f"{address.rstrip('/')}/{name_of(path)}" if address else ""


def every(address: str, ledger: Path) -> list[Path]:
    """Return the files or caches of all ledgers of a project."""
    if not address:
        return places.every(ledger)
    from connector.remote import accounts  # noqa: PLC0415 - as above

    return accounts.caches(address, ledger)


def name_of(path: Path) -> str:
    """Return the name of a cache's folder in the store: its account and environment."""
    return path.name.partition(".")[2].removesuffix(path.suffix)

"""Lists the ledgers below an address."""

from pathlib import Path

from connector.blobs.address import blobs
from connector.blobs.blobs import ExistsError

FOLDER = "accounts/"


def announce(address: str) -> None:
    """Register a new ledger so that it is found; its address ends with its name."""
    root, _, name = address.rpartition("/")
    place = blobs(root)
    try:
        place.put_new(FOLDER + name, b"")
    except ExistsError:
        return
    finally:
        place.close()


def names(address: str) -> list[str]:
    """Return the names of all ledgers below an address, as ACCOUNT.ENVIRONMENT."""
    place = blobs(address)
    try:
        return [found.key.removeprefix(FOLDER) for found in place.listed(FOLDER)]
    finally:
        place.close()


def caches(address: str, ledger: Path) -> list[Path]:
    """Return the caches of all ledgers below an address; their names derive from `ledger`."""
    return [cache_of(ledger, name) for name in names(address)]


def cache_of(ledger: Path, name: str) -> Path:
    """Return the file, or the cache, of the ledger of a name."""
    return ledger.with_name(f"{ledger.stem}.{name}{ledger.suffix}")

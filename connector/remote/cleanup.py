"""Deletes blobs that no generation needs, after a delay, since a reader may still need them."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

from connector.blobs.blobs import Found
from connector.blobs.patient import Patient
from connector.remote import generations, journal
from connector.remote.packs.unpacking import BLOCKS

KEPT = 10  # latest generations that can be restored
EVERY = 8  # generations between two sweeps
GRACE = timedelta(hours=1)
_AT_ONCE = 100  # keys deleted between two checks of the lease

log = logging.getLogger(__name__)


def delete_unneeded(
    blobs: Patient, number: int, check: Callable[[], None], *, is_erased: bool = False
) -> None:
    """Delete what is older than the newest generations; `number` is the last generation.

    It acts only once every few generations, but at once when something `is_erased`; then it keeps
    only the last generation.
    """
    if number % EVERY and not is_erased:
        return
    kept = 1 if is_erased else KEPT
    known = generations.numbers(blobs)[-kept:]
    needed = generations.used([generations.manifest(blobs, each) for each in known])
    found = [each for folder in _FOLDERS for each in blobs.listed(folder)]
    newest = max(each.modified for each in found)
    grace = timedelta(0) if is_erased else GRACE
    keys = [
        each.key
        for each in found
        if each.modified <= newest - grace and _is_old(each, known, needed, number)
    ]
    # Delete journals last: until then, no deleted blob is needed to read the remaining ones.
    for part in _parts(sorted(keys)):
        check()
        blobs.delete(part)
    log.info("the ledger's store was swept", extra={"deleted": len(keys)})


_FOLDERS = (generations.FOLDER, BLOCKS, journal.FOLDER)


def _is_old(found: Found, known: list[int], needed: set[str], number: int) -> bool:
    """Return whether no generation needs a blob; later generations belong to another run."""
    folder, _, name = found.key.partition("/")
    if folder == "blocks":
        return found.key not in needed and int(name.rpartition(".")[2]) <= number
    if folder == "gen":
        return int(name) < known[0]
    return int(name.partition("/")[0]) < number


def _parts(keys: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(keys), _AT_ONCE):
        yield keys[at : at + _AT_ONCE]

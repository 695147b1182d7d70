"""What the store of a ledger holds: its generations, what was written since, and who holds it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from connector.blobs.blobs import MissingError
from connector.blobs.patient import Patient
from connector.remote import generations, journal
from connector.remote.generations import BLOCK, THREADS, DamagedError, Generation
from connector.remote.holding import Holding
from connector.remote.lease import LOCK, held


@dataclass(frozen=True, slots=True)
class Shelf:
    """The generations in order, how many pieces follow the last, all bytes, and the lock."""

    generations: Sequence[Generation]
    pieces: int
    bytes: int
    holding: Holding | None


def look(blobs: Patient) -> Shelf:
    """Return what is there, without fetching the ledger; raises DamagedError."""
    found = [generations.manifest(blobs, each) for each in generations.numbers(blobs)]
    stored = sum(each.size for each in blobs.listed(""))
    pieces = len(journal.keys(blobs, found[-1].number)) if found else 0
    return Shelf(found, pieces, stored, _holding(blobs))


def size(generation: Generation) -> int:
    """Return the bytes of a generation's file, at most one block more than it has."""
    return generation.bytes or len(generation.blocks) * BLOCK


def _holding(blobs: Patient) -> Holding | None:
    """Return who holds the ledger, None when it is free."""
    try:
        blobs.get(LOCK)
    except MissingError:
        return None
    holding, _ = held(blobs)
    return None if holding.is_free else holding


@dataclass(frozen=True, slots=True)
class Damage:
    """A blob that is missing or damaged, and the generations that need it."""

    name: str
    generations: Sequence[int]


def damages(blobs: Patient) -> list[Damage]:
    """Read every block and every piece of the journal, and return what is damaged or missing.

    Raises LedgerError when the store does not answer.
    """
    found, readable = [], []
    for number in generations.numbers(blobs):
        try:
            readable.append(generations.manifest(blobs, number))
        except DamagedError:
            found.append(Damage(generations.name_of(number), (number,)))
    names = sorted(generations.used(readable))
    with ThreadPoolExecutor(THREADS) as pool:
        sound = dict(zip(names, pool.map(lambda name: _is_sound(blobs, name), names), strict=True))
    for name in (each for each in names if not sound[each]):
        needed = [each.number for each in readable if name in generations.used([each])]
        found.append(Damage(name, tuple(needed)))
    last = readable[-1].number if readable else 0
    return found + [Damage(name, (last,)) for name in journal.broken(blobs, last)]


def _is_sound(blobs: Patient, name: str) -> bool:
    try:
        generations.block(blobs, name.removeprefix(generations.BLOCKS))
    except DamagedError:
        return False
    return True

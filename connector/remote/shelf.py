"""What the store of a ledger holds: its generations, what was written since, and who holds it."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.blobs.blobs import MissingError
from connector.blobs.patient import Patient
from connector.remote import generations, journal
from connector.remote.holding import Holding
from connector.remote.lease import LOCK, held
from connector.remote.packs import unpacking
from connector.remote.packs.damage import DamagedError
from connector.remote.packs.manifest import Block, Generation


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
    return generation.bytes or sum(block.size for block in generation.blocks)


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
    lost: dict[str, set[Block]] = {}
    for block in unpacking.broken(blobs, (block for each in readable for block in each.blocks)):
        lost.setdefault(unpacking.BLOCKS + block.pack, set()).add(block)
    for name, blocks in lost.items():
        needed = [each.number for each in readable if blocks.intersection(each.blocks)]
        found.append(Damage(name, tuple(needed)))
    last = readable[-1].number if readable else 0
    return found + [Damage(name, (last,)) for name in journal.broken(blobs, last)]

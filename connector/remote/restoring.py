"""Puts an earlier generation of a ledger in a store in the place of the last one."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace

from connector.blobs.patient import Patient
from connector.exceptions import ChoiceError
from connector.ledger.beside.stamps import Stamp
from connector.remote import beside, generations, journal
from connector.remote.cache_lock import who
from connector.remote.held import Held
from connector.remote.packs.damage import DamagedError
from connector.remote.packs.manifest import Generation


def chosen(blobs: Patient, number: int) -> Generation:
    """Return the generation to restore.

    Raises ChoiceError for one that cannot be restored, LedgerError when the ledger was moved away.
    """
    known = generations.numbers(blobs)
    with suppress(DamagedError):  # that is what restoring is for
        if known:
            generations.read(blobs, known[-1])
    if number not in known:
        kept = f"{known[0]} to {known[-1]}" if known else "none"
        raise ChoiceError(
            f"{blobs.address} has no generation {number}; it has {kept}, see "
            "`connector ledger status`"
        )
    if number == known[-1] and not journal.keys(blobs, number):
        raise ChoiceError(
            f"{blobs.address}: generation {number} is the current one; name an earlier one"
        )
    return generations.read(blobs, number)


def restore(held: Held, wanted: Generation) -> Generation:
    """Store a generation once more, as the newest one, and return it.

    What stands beside it says that the ledger was further, so that the next run does not believe
    what the ledger says. Raises LedgerError when a block is missing or damaged, before anything is
    changed.
    """
    blobs = held.blobs
    generations.verify(blobs, wanted)
    last = generations.numbers(blobs)[-1]
    texts = _further(_last_texts(blobs, last), wanted)
    return generations.write(blobs, replace(wanted, number=last + 1, beside=texts, by=who()))


def _last_texts(blobs: Patient, last: int) -> Mapping[str, str]:
    """Return the last small files that can be read."""
    found: Mapping[str, str] = {}
    for number in generations.numbers(blobs):
        with suppress(DamagedError):
            found = generations.manifest(blobs, number).beside or found
    return journal.beside(blobs, last) or found


def _further(texts: Mapping[str, str], wanted: Generation) -> Mapping[str, str]:
    """Return the small files with a stamp that is ahead of every one before."""
    stamp = Stamp("", 0, 0)
    for each in (wanted.beside, texts):
        with suppress(ValueError, KeyError, TypeError):
            stamp = max(stamp, Stamp(**json.loads(each[beside.STAMP])), key=_place)
    further = replace(stamp, sequence=stamp.sequence + 1)
    return {**texts, beside.STAMP: json.dumps(asdict(further))}


def _place(stamp: Stamp) -> tuple[str, int]:
    return stamp.ledger, stamp.sequence

"""Holds a ledger in a store while its generations are changed, without opening it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connector.blobs.address import blobs
from connector.blobs.patient import Patient
from connector.remote import generations, journal
from connector.remote.cache_lock import CacheLock, who
from connector.remote.holding import Holding
from connector.remote.lease import Lease
from connector.remote.packs.manifest import Generation


@dataclass(frozen=True, slots=True)
class Held:
    """A ledger that nobody else can write; `before` held it last."""

    blobs: Patient
    before: Holding | None

    def newest(self) -> Generation | None:
        """Return the last generation, which may be closed; None when there is none."""
        return newest_of(self.blobs)

    def is_compact(self, number: int) -> bool:
        """Return whether a generation has all that was written, and nothing more can arrive."""
        may_write = self.before is not None and self.before.may_write
        return not may_write and not journal.keys(self.blobs, number)


def newest_of(place: Patient) -> Generation | None:
    """Return the last generation in a store, which may be closed; None when there is none."""
    known = generations.numbers(place)
    return generations.manifest(place, known[-1]) if known else None


@contextmanager
def held(address: str, cache: Path, seconds: float) -> Iterator[Held]:
    """Hold the ledger at an address, whose cache on this machine has this path.

    Raises LedgerHeldError when another run holds it, LedgerError when the store cannot be used.
    """
    cache.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock, place = CacheLock(cache), blobs(address)
    lease, is_clean = None, False
    lock.take()
    try:
        lease = Lease(place, seconds, who(), lock.place())
        yield Held(place, lease.take())
        is_clean = True
    finally:
        if lease:
            lease.release(is_clean=is_clean)
        place.close()
        lock.free()

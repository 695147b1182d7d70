"""What stands in the lock of a ledger in a store."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """The content of the lock.

    `place` names the file on the holder's machine that it also locks, and is empty if that file has
    no unique name. A process that locks that file knows that the previous holder is dead. The lock
    is free and not clean when a write of its last holder failed, and so may still arrive.
    """

    holder: str
    who: str
    place: str
    beat: int
    seconds: float
    is_free: bool
    is_clean: bool = True

    @property
    def may_write(self) -> bool:
        """Return whether a write of this holder may still arrive."""
        return not (self.is_free and self.is_clean)

    def encoded(self) -> bytes:
        """Return the bytes to write."""
        return json.dumps(asdict(self)).encode()

    def is_over(self, place: str) -> bool:
        """Return whether the lock is free, or its holder dead, for a process that locks `place`."""
        return self.is_free or bool(place and self.place == place)

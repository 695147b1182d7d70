"""What stands in the lock of a ledger in a store."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """The content of the lock.

    `place` names the file on the holder's machine that it also locks, and is empty if that file has
    no unique name. A process that locks that file knows that the previous holder is dead.
    """

    holder: str
    who: str
    place: str
    beat: int
    seconds: float
    is_free: bool

    def encoded(self) -> bytes:
        """Return the bytes to write."""
        return json.dumps(asdict(self)).encode()

    def is_over(self, place: str) -> bool:
        """Return whether the lock is free, or its holder dead, for a process that locks `place`."""
        return self.is_free or bool(place and self.place == place)

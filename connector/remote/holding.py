"""What stands in the lock of a ledger in a store."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds the lock, or has held it.

    `place` names the file on the holder's machine that it locks as well, nothing if that cannot be
    named; whoever has that file locked knows that its last holder is dead.
    """

    holder: str
    who: str
    place: str
    beat: int
    seconds: float
    is_free: bool

    def encoded(self) -> bytes:
        """Return it as it is written."""
        return json.dumps(asdict(self)).encode()

    def is_over(self, place: str) -> bool:
        """Return whether nobody holds the lock, for one who has locked the file `place`."""
        return self.is_free or bool(place and self.place == place)

"""Orders that a destination refuses for reasons that are in no contract."""

import dataclasses
import re
from collections.abc import Sequence

REASON = "order cannot be processed"


@dataclasses.dataclass(frozen=True)
class Poison:
    """Which keys are refused: by name, without a name, or all with one message."""

    named: str | None = None
    unnamed: str | None = None
    everything: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for what is not a valid regular expression."""
        try:
            re.compile(self.named or "")
            re.compile(self.unnamed or "")
        except re.error as error:
            told = f"{error.pattern!r} is not a valid regular expression: {error}"
            raise ValueError(told) from error

    def refusals(self, keys: Sequence[str | None]) -> list[tuple[int, str]]:
        """List the places of the orders that are refused by name, with the message."""
        if self.everything is not None:
            return [(at, self.everything) for at in range(len(keys))]
        return [(at, REASON) for at in _matches(self.named, keys)]

    def spoils(self, keys: Sequence[str | None]) -> bool:
        """Return whether an order makes the destination refuse the call without naming it."""
        return bool(_matches(self.unnamed, keys))


def _matches(pattern: str | None, keys: Sequence[str | None]) -> list[int]:
    if pattern is None:
        return []
    return [at for at, key in enumerate(keys) if key is not None and re.search(pattern, key)]

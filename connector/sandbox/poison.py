"""Orders that a destination refuses for reasons no contract tells."""

import dataclasses
import re
from collections.abc import Iterable

from connector.sandbox.judge import Problem

REASON = "order cannot be processed"


@dataclasses.dataclass(frozen=True)
class Poison:
    """Which keys are refused: by name, without a name, or all with one message."""

    named: str | None = None
    unnamed: str | None = None
    everything: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for what is no regular expression."""
        try:
            re.compile(self.named or "")
            re.compile(self.unnamed or "")
        except re.error as error:
            raise ValueError(f"{error.pattern!r} is no regular expression: {error}") from error

    def problems(self, keys: Iterable[str]) -> list[Problem]:
        """List the orders that are refused by name."""
        if self.everything is not None:
            return [Problem(key, self.everything, f"$[{at}]") for at, key in enumerate(keys)]
        return [
            Problem(key, REASON, f"$[{at}]")
            for at, key in enumerate(keys)
            if _matches(self.named, key)
        ]

    def spoils(self, keys: Iterable[str]) -> bool:
        """Tell whether an order makes the destination refuse the call without naming it."""
        return any(_matches(self.unnamed, key) for key in keys)


def _matches(pattern: str | None, key: str) -> bool:
    return pattern is not None and re.search(pattern, key) is not None

"""What the ledger keeps of orders as they are sent, since later payloads depend on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """The whole payloads, or the members that should stay as they were sent, or nothing."""

    whole: bool = False
    steady: tuple[str, ...] = ()  # columns, in the order of the contract's `x-steady`

    def __bool__(self) -> bool:
        return self.whole or bool(self.steady)

    def values(self) -> dict[str, list[str]]:
        """Return the values that this binds in SQL."""
        return {"steady": list(self.steady)}

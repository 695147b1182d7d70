"""What a ledger files its rows under."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Scope:
    """What a ledger's rows belong to: a destination in one environment."""

    destination: str
    environment: str

    def values(self) -> dict[str, Any]:
        """Return the values that the scope binds in SQL."""
        return {"destination": self.destination, "environment": self.environment}

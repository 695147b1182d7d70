"""What a delivery has done so far."""

from collections import Counter
from dataclasses import dataclass, field

from connector.exceptions import ConnectorError


@dataclass(slots=True)
class Delivered:
    """What a delivery has done so far, in orders."""

    delivered: int = 0
    refused: int = 0
    unanswered: int = 0
    outdated: int = 0  # refused, while the destination holds an older version
    wait: float = 0.0  # seconds until the orders go of which a late request may be under way
    error: ConnectorError | None = None
    reasons: dict[str, int] = field(default_factory=dict)  # the API's own words → orders

    def after(self, before: "Delivered") -> "Delivered":
        """Return this together with what was done before, of the same run."""
        return Delivered(
            before.delivered + self.delivered,
            before.refused + self.refused,
            before.unanswered + self.unanswered,
            before.outdated + self.outdated,
            self.wait,
            self.error,
            dict(Counter(before.reasons) + Counter(self.reasons)),
        )

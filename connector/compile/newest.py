"""SQL that tells when the orders of a view last got something new."""

from collections.abc import Sequence

from connector.compile.stage import kinds
from connector.contract.contract import Contract
from connector.settings.watermark import CHANGED_AT


def newest(relation: str, moments: Sequence[str]) -> str:
    """Return a select of the latest of the first of some moments that has any.

    They are SQL, and what comes is, in seconds since 1970; what lies after `$began` says nothing.
    """
    latest = [
        f"max({moment}) filter (where {moment} between 0 and epoch($began))" for moment in moments
    ]
    return f"select coalesce({', '.join(latest)}, null)::double from {relation}"


def moments(contract: Contract) -> list[str]:
    """Return the columns of the orders that tell what is newest, the best first."""
    is_dated = kinds(contract.orders)[contract.order_by] == "timestamp"
    return [CHANGED_AT, *([contract.order_by] if is_dated else [])]

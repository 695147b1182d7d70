"""SQL that finds when a view last got something new."""

from collections.abc import Sequence

from connector.compile.reading.stage import kinds
from connector.contract.contract import Contract
from connector.settings.watermark import CHANGED_AT


def newest(relation: str, moments: Sequence[str]) -> str:
    """Return a select of the latest value of the first of some columns that has any.

    The result is in seconds since 1970; values after `$began` are ignored.
    """
    latest = [
        f"max({moment}) filter (where {moment} between 0 and epoch($began))" for moment in moments
    ]
    return f"select coalesce({', '.join(latest)}, null)::double from {relation}"


def moments(contract: Contract) -> list[str]:
    """Return the columns of the orders that show what is newest, the best first."""
    is_dated = kinds(contract.orders)[contract.order_by] == "timestamp"
    return [CHANGED_AT, *([contract.order_by] if is_dated else [])]

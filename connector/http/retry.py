"""When to try again: exponential back-off with full jitter, and what Retry-After says.

Pure arithmetic.
"""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BASE = 0.5  # seconds
CAP = 60.0  # seconds
_DOUBLINGS = 32  # after which any cap is reached


def delay(attempt: int, draw: float, retry_after: float | None = None) -> float:
    """Return the seconds to wait after failed attempt number `attempt` (from 0).

    `draw` is random in [0, 1). A server's Retry-After is a lower bound, and jitter comes on top so
    that the workers do not return all at once.
    """
    jitter = draw * min(CAP, BASE * 2.0 ** min(attempt, _DOUBLINGS))
    return jitter if retry_after is None else retry_after + min(jitter, 1.0)


def doubled(attempt: int, first: float, longest: float) -> float:
    """Return the seconds that a server which says nothing is left alone: twice as long each time.

    `first` and `longest` are those of attempt number 0 and of the last ones.
    """
    return min(longest, first * 2.0 ** min(attempt, _DOUBLINGS))


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or as a date.

    None when it says nothing.
    """
    if not header:
        return None
    try:
        return finite(float(header))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
        moment = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def finite(seconds: float) -> float | None:
    """Return seconds that can be waited for, or None."""
    try:
        return max(0.0, float(seconds)) if math.isfinite(seconds) else None
    except OverflowError:  # JSON knows whole numbers of any length
        return None

"""Periods of time as a caller gives them."""

from connector.exceptions import ConfigError
from connector.settings.windows import ALWAYS, Window, period


def between(first: str | Window | None, last: str | Window | None) -> Window:
    """Return the window from one year, month or day to another; raises ConfigError."""
    start, end = window_of(first), window_of(last)
    if start.start >= end.end:
        raise ConfigError(
            f"{first} is later than {last}, so no window lies between; give the earlier one first"
        )
    return Window(start.start, end.end)


def window_of(given: str | Window | None) -> Window:
    """Return the year, month or day that a text names, all time for None; raises ConfigError."""
    if isinstance(given, str):
        try:
            return period(given)
        except ValueError as advice:
            raise ConfigError(f"{advice}") from advice
    return given or ALWAYS

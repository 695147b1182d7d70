"""Periods of time as a caller gives them."""

from datetime import UTC, datetime, timedelta

from connector.exceptions import ConfigError
from connector.settings.windows import ALWAYS, Window, period
from connector.text.duration import seconds

_DAY = timedelta(days=1)


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


def days(given: timedelta | str) -> timedelta:
    """Return the whole days that a text such as 7d means; raises ConfigError below one day."""
    length = given.total_seconds() if isinstance(given, timedelta) else seconds(given)
    if length is None or length < _DAY.total_seconds():
        raise ConfigError(f"{given!r} is not a number of days; write 7d")
    return timedelta(seconds=length)


def last_days(length: timedelta, now: datetime | None = None) -> Window:
    """Return the window of whole days in UTC that began `length` ago and ends today."""
    now = now or datetime.now(UTC)
    first, today = (
        each.replace(hour=0, minute=0, second=0, microsecond=0) for each in (now - length, now)
    )
    return Window(first, today + _DAY)

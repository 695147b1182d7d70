"""The windows of time of a backfill; pure arithmetic, in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SIZES = ("month", "week", "day")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to just before `end`."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        last = self.end - timedelta(microseconds=1)
        return f"{self.start:%Y-%m-%d} to {last:%Y-%m-%d}"

    def cut(self, other: "Window") -> "Window":
        """Return what of this window lies within another."""
        return Window(max(self.start, other.start), min(self.end, other.end))


ALWAYS = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def period(text: str) -> Window:
    """Return the year, month or day that a text names; raises ValueError for any other text."""
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a valid date; write 2021, 2021-03 or 2021-03-15")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a valid date: {error}") from error
    return window(start, "day" if day else "month" if month else "year")


def window(start: datetime, size: str) -> Window:
    """Return the year, month, week or day that begins at `start`; time itself ends in 9999."""
    try:
        return Window(start, _next(start, size))
    except (ValueError, OverflowError):
        return Window(start, ALWAYS.end)


def _next(start: datetime, size: str) -> datetime:
    if size == "year":
        return start.replace(year=start.year + 1)
    if size == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if size == "week" else 1)

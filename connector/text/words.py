"""Formats numbers, sizes and times for people, on pages and in a terminal."""

from datetime import UTC, datetime

from connector.text.duration import lasting

UNKNOWN = "\u2013"  # a dash
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def number(value: float | None) -> str:
    """Return a count with thousands separators, or UNKNOWN."""
    return UNKNOWN if value is None else f"{value:,}"


def size(value: float | None) -> str:
    """Return a number of bytes, such as 3.4 MB."""
    if value is None:
        return UNKNOWN
    for least, unit in _UNITS:
        if value >= least:
            return f"{value / least:.1f} {unit}"
    return f"{value:,.0f} B"


def money(value: float | None) -> str:
    """Return an amount with thousands separators and two decimals, or UNKNOWN."""
    return UNKNOWN if value is None else f"{value:,.2f}"


def share(part: float, whole: float) -> str:
    """Return a share in per cent, such as 12.5 %."""
    return f"{100 * part / whole:.1f} %" if whole else UNKNOWN


def ago(moment: str | None, now: datetime | None = None) -> str:
    """Return how long ago an ISO-8601 moment was: `2 h ago`."""
    if not moment:
        return "never"
    seconds = ((now or datetime.now(UTC)) - parsed(moment)).total_seconds()
    return "just now" if seconds < 1 else f"{short(seconds)} ago"


def due(moment: str | None, now: datetime | None = None) -> str:
    """Return when an ISO-8601 moment comes: `in 2 h`, or how long ago it was."""
    if not moment:
        return UNKNOWN
    seconds = (parsed(moment) - (now or datetime.now(UTC))).total_seconds()
    return f"in {short(seconds)}" if seconds > 0 else ago(moment, now)


def short(seconds: float | None) -> str:
    """Return a duration in its largest unit: `2 h`; below a second such as `0.4 s`."""
    if seconds is None:
        return UNKNOWN
    if 0 < seconds < 1:
        return f"{seconds:.1f} s"
    first, unit, *_ = lasting(seconds).split()
    return f"{first} {unit}"


def took(seconds: float) -> str:
    """Return how long work took: `1.8 s`, `3 min 5 s`."""
    return f"{seconds:.1f} s" if seconds < 60 else lasting(seconds)  # noqa: PLR2004 - a minute


def moment(text: str | None) -> str:
    """Return an ISO-8601 moment in UTC without letters: `2026-03-14 18:42`."""
    return UNKNOWN if not text else parsed(text).strftime("%Y-%m-%d %H:%M")


def parsed(text: str) -> datetime:
    """Return an ISO-8601 text as a moment in UTC."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

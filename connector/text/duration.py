"""Lengths of time and moments: as people write them, and as they like to read them."""

import re
from datetime import datetime

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}  # seconds


def seconds(text: str) -> float | None:
    """Return the seconds of a text such as `90m`, `3h` or `1d`, or None for any other text."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    return float(int(found[1]) * _UNITS[found[2]]) if found and int(found[1]) else None


def written(moment: datetime) -> str:
    """Return a moment in UTC as reports and JSON have it, such as 2026-03-14T18:42:09Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def lasting(length: float) -> str:
    """Return a length of time in seconds for people to read: `42 s`, `3 h 5 min`, `2 d 1 h`."""
    rest = round(length)
    counts: list[tuple[int, str]] = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count or counts:
            counts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in counts[:2] if count) or "0 s"

"""Suggests the nearest name for one that was mistyped."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint such as ` (did you mean 'orders'?)`, or an empty string when none is near."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (did you mean {matches[0]!r}?)" if matches else ""


def similar(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that differs least from a name, None when none is near."""
    matches = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None

"""Whether DuckDB has written the file of a cache since its generation was stored."""

import os
from pathlib import Path

_UNTOUCHED = 1_000_000_000 * 10**9  # a modification time that only we set


def is_touched(path: Path) -> bool:
    """Return whether a file was changed since `mark`."""
    return path.stat().st_mtime_ns != _UNTOUCHED


def mark(path: Path) -> None:
    """Set the modification time, so that any later change of the file shows."""
    os.utime(path, ns=(_UNTOUCHED, _UNTOUCHED))

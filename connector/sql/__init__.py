"""Constant SQL, one statement set a file; values are bound, never formatted."""

from functools import cache
from pathlib import Path


@cache
def statement(name: str) -> str:
    """Return the text of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")

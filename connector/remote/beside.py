"""The small files beside a ledger that its next runner needs, on whatever machine."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from connector.text import private_file

STAMP, _SPENDING = ".stamp.json", ".spending.jsonl"


def read(cache: Path) -> dict[str, str]:
    """Return the texts by suffix of those that can be read."""
    found = {}
    for suffix in (STAMP, _SPENDING):
        with suppress(OSError, UnicodeDecodeError):  # what is damaged is not worth storing
            found[suffix] = cache.with_suffix(suffix).read_text()
    return found


def write(cache: Path, beside: Mapping[str, str], *, is_own: bool) -> None:
    """Write them, unless this machine wrote the ledger last and so has newer ones."""
    for suffix, text in beside.items():
        path = cache.with_suffix(suffix)
        if suffix in (STAMP, _SPENDING) and not (is_own and path.exists()):
            private_file.replace(path, _foreign(text) if suffix == _SPENDING else text)


def _foreign(spending: str) -> str:
    """Return the record of spending without the uptime of the machine that wrote it."""
    notes = [json.loads(line) for line in spending.splitlines()]
    kept = ({name: value for name, value in note.items() if name != "up"} for note in notes)
    return "".join(f"{json.dumps(note)}\n" for note in kept)

"""Writes small files atomically, without following links, readable by their owner only."""

import os
from pathlib import Path
from tempfile import mkstemp


def replace(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file atomically, with one that was made for this; raises OSError."""
    number, name = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    scratch = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def opened(path: Path, how: int) -> int:
    """Open a file to be written, made when there is none; raises OSError also for a link."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how, 0o600)

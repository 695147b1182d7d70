"""How far a ledger came, noted outside of it: beside it and in the user's state folder.

A ledger that was put back from a copy looks sound and lacks what was sent since; the stamps tell.
A copy of a whole disk includes the stamps, so that it is not noticed.
"""

import hashlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from connector.text import private_file

_FOLDERS = {"darwin": "~/Library/Application Support", "win32": "~/AppData/Local"}
APPLICATION = "order-connector"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stamp:
    """How far a ledger came.

    `ledger` names it; of two names the later ledger has the greater one. `run_id` is its highest
    run; `sequence` counts its runs and its intents.
    """

    ledger: str
    run_id: int
    sequence: int


def write(ledger: Path, stamp: Stamp) -> None:
    """Note how far the ledger came; a place that cannot be written is left out."""
    text = json.dumps(asdict(stamp))
    for path in _places(ledger):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            private_file.replace(path, text)
        except OSError as error:
            facts = {"error": type(error).__name__, "path": str(path)}
            log.info("a stamp of the ledger cannot be written", extra=facts)


def ahead(ledger: Path, own: Stamp) -> Stamp | None:
    """Return the stamp that is furthest ahead of the ledger, whose own one is given, or None.

    A ledger without runs knows nothing that could be out of date.
    """
    if not own.run_id:
        return None
    found = [stamp for stamp in _found(ledger) if _is_later(stamp, own)]
    return max(found, key=lambda stamp: (stamp.ledger, stamp.sequence), default=None)


def exist(ledger: Path) -> bool:
    """Return whether a ledger of this path was stamped before."""
    return any(True for _ in _found(ledger))


def state_folder() -> Path | None:
    """Return where programs keep the state of a user, or None when the user has no home."""
    chosen = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    if chosen and Path(chosen).is_absolute():
        return Path(chosen)
    with suppress(RuntimeError):
        return Path(_FOLDERS.get(sys.platform, "~/.local/state")).expanduser()
    return None


def _is_later(stamp: Stamp, own: Stamp) -> bool:
    return (stamp.ledger, stamp.sequence) > (own.ledger, own.sequence)


def _places(ledger: Path) -> Iterator[Path]:
    yield ledger.with_suffix(".stamp.json")
    folder = state_folder()
    if folder:
        name = hashlib.sha256(str(ledger.resolve()).encode()).hexdigest()[:32]
        yield folder / APPLICATION / "ledgers" / f"{name}.json"


def _found(ledger: Path) -> Iterator[Stamp]:
    """Yield the stamps that can be read."""
    for path in _places(ledger):
        with suppress(OSError, ValueError, KeyError, TypeError):
            facts = json.loads(path.read_bytes())
            yield Stamp(str(facts["ledger"]), int(facts["run_id"]), int(facts["sequence"]))

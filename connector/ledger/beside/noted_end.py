"""The end of a run that its ledger could not take, in a small file beside it.

A disk that is full for the ledger may still have room for a line, and whoever looks at the status
must read of the full disk, not of a run that was killed.
"""

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from connector.text import private_file

log = logging.getLogger(__name__)


def write(ledger: Path, facts: Mapping[str, Any]) -> None:
    """Note how a run ended: destination, environment, run_id, command, exit_code, summary (JSON).

    `recorded_at` is when. Where that cannot be written either, the run counts as killed.
    """
    try:
        private_file.replace(path_of(ledger), json.dumps(facts, default=datetime.isoformat))
    except OSError as error:
        told = {"error": type(error).__name__, "path": str(path_of(ledger))}
        log.info("the end of a run cannot be noted", extra=told)


def read(ledger: Path) -> dict[str, Any] | None:
    """Return what `write` has noted, or None."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        noted = json.loads(path_of(ledger).read_bytes())
        texts = ("destination", "environment", "command", "summary")
        found: dict[str, Any] = {name: str(noted[name]) for name in texts}
        numbers = {name: int(noted[name]) for name in ("run_id", "exit_code")}
        return found | numbers | {"recorded_at": datetime.fromisoformat(noted["recorded_at"])}
    return None


def remove(ledger: Path) -> None:
    """Forget what was noted, since the ledger has it."""
    with suppress(OSError):
        path_of(ledger).unlink(missing_ok=True)


def path_of(ledger: Path) -> Path:
    """Return where the end is noted."""
    return ledger.with_suffix(".ended.json")

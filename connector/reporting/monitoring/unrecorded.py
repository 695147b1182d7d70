"""Remembers what was reported of runs that their ledger could not record: held or damaged.

Otherwise a webhook would be told of it by every run. A small file beside the ledger; without it, or
where it cannot be written, too much is told and never too little.
"""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from connector.reporting.monitoring.run_report import RunReport
from connector.text import private_file

log = logging.getLogger(__name__)


def continued(ledger: Path, told: RunReport, *, is_recorded: bool) -> RunReport:
    """Return the report with the one before it, and note it where no ledger does."""
    path, scope = ledger.with_suffix(".told.json"), told.where
    known = _read(path)
    before = known.pop(scope, None)
    if not is_recorded:
        known[scope] = told.run["exit_code"]
    if known.get(scope) != before:
        _write(path, known)
    return told if before is None else replace(told, before={"exit_code": before, "alerts": []})


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, known: dict[str, Any]) -> None:
    try:
        if known:
            private_file.replace(path, json.dumps(known))
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        facts = {"error": type(error).__name__, "path": str(path)}
        log.info("what was told cannot be noted", extra=facts)

"""The last runs as a Prometheus text file, which node_exporter's textfile collector reads.

One file may serve several commands: what it says of other destinations stays.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from connector.reporting.alerts import FOUND
from connector.reporting.monitoring.run_report import OUTCOMES, RunReport
from connector.text import private_file

FAMILIES = {
    "connector_last_run_timestamp_seconds": "When the last run ended.",
    "connector_last_run_success": "1 when the last run ended with 0 or 1, otherwise 0.",
    "connector_last_run_exit_code": "What the last run ended with.",
    "connector_last_run_duration_seconds": "How long the last run took.",
    "connector_last_run_orders": "Orders of the last run by outcome.",
    "connector_last_run_batches": "Batches that the last run planned.",
    "connector_last_run_requests": "Requests of the last run, with those tried again.",
    "connector_last_run_retries": "Requests of the last run that were tried again.",
    "connector_last_run_bytes": "Bytes of request bodies that the last run sent.",
    "connector_last_success_timestamp_seconds": "When a run last ended with 0 or 1.",
    "connector_orders": "Orders by state, as the ledger knows them.",
    "connector_newest_timestamp_seconds": "When the views last got something new.",
    "connector_stale": "1 when the views get nothing new for longer than usual, otherwise 0.",
    "connector_last_verification_timestamp_seconds": "When the destination was last verified.",
    "connector_last_verification_orders": "Orders of the last verification by verdict.",
    "connector_cadence_seconds": "How often the destination should be sent what changed.",
}
# What a run that ended early knows nothing newer of.
_LASTING = (
    *("connector_orders", "connector_last_success_timestamp_seconds"),
    *("connector_newest_timestamp_seconds", "connector_stale"),
    *("connector_last_verification_timestamp_seconds", "connector_last_verification_orders"),
)
_SAMPLE = re.compile(r'(?P<family>\w+)\{(?P<scope>destination="[^"]*",environment="[^"]*").*\} \S+')

log = logging.getLogger(__name__)


def write(path: Path, told: Sequence[RunReport], now: float) -> None:
    """Replace the file atomically; readable by all, as node_exporter runs as another user.

    `now` is in seconds since 1970. What goes wrong is only logged.
    """
    try:
        private_file.replace(path, render(told, now, _read(path)), mode=0o644)
    except OSError as error:
        problem = f"cannot be written ({type(error).__name__}); check its directory and its owner"
        log.warning("the metrics file %s %s", path, problem)


def render(told: Sequence[RunReport], now: float, before: str = "") -> str:
    """Return the text of the file; `before` is what it holds so far."""
    samples = [sample for each in told for sample in _samples(each, now)]
    given = {(found["family"], found["scope"]) for found in map(_SAMPLE.match, samples) if found}
    scopes = {scope for _, scope in given}
    for line in before.splitlines():
        found = _SAMPLE.fullmatch(line)
        if found and _stays(found["family"], found["scope"], given, scopes):
            samples.append(line)
    return "".join(_family(name, samples) for name in FAMILIES)


def _stays(family: str, scope: str, given: set[tuple[str, str]], scopes: set[str]) -> bool:
    """Return whether a sample of the file still holds: nothing newer is known."""
    if scope not in scopes:
        return family in FAMILIES
    return family in _LASTING and (family, scope) not in given


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _family(name: str, samples: Sequence[str]) -> str:
    lines = sorted(line for line in samples if line.startswith(f"{name}{{"))
    if not lines:
        return ""
    head = f"# HELP {name} {FAMILIES[name]}\n# TYPE {name} gauge\n"
    return head + "".join(f"{line}\n" for line in lines)


def _samples(told: RunReport, now: float) -> Iterator[str]:
    run, scope = told.run, {key: told.run[key] for key in ("destination", "environment")}
    values = {
        "last_run_timestamp_seconds": now,
        "last_run_success": int(run["exit_code"] in (0, 1)),
        "last_run_exit_code": run["exit_code"],
        "last_run_duration_seconds": run["seconds"],
        **{f"last_run_{name}": run[name] for name in ("batches", "requests", "retries", "bytes")},
        "last_success_timestamp_seconds": told.succeeded,
        "newest_timestamp_seconds": _moment(run.get("newest_at")),
        "stale": None if run.get("stale") is None else int(bool(run["stale"])),
        "cadence_seconds": told.cadence,
    }
    for name, value in values.items():
        if value is not None:
            yield _sample(name, scope, value)
    if verified := told.verified:
        yield _sample("last_verification_timestamp_seconds", scope, verified["ended"])
        for verdict in ("equal", *FOUND, "cannot_tell"):
            labels = {**scope, "verdict": verdict}
            yield _sample("last_verification_orders", labels, verified[verdict])
    for outcome in OUTCOMES:
        if run[outcome] is not None:
            yield _sample("last_run_orders", {**scope, "outcome": outcome}, run[outcome])
    for state, orders in told.state.items():
        yield _sample("orders", {**scope, "state": state}, orders)


def _moment(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None


def _sample(name: str, labels: dict[str, str], value: float) -> str:
    quoted = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"connector_{name}{{{quoted}}} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

"""What follows a run: the metrics file, metrics, webhooks. None of it can fail the run."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from connector.cli.each import failure
from connector.config.config import Config
from connector.exceptions import ConnectorError
from connector.ledger.ledger import Scope
from connector.reporting import (
    metrics_file,
    reports,
    step_summary,
    telemetry,
    unrecorded,
    verifications,
)
from connector.reporting.alerts import of_verification
from connector.reporting.telling import Told
from connector.runs.summary import Summary
from connector.runs.workspace import Options, Workspace, accounts

_STATES = ("delivered", "refused", "invalid", "in_doubt", "in_doubt_gone", "taken_back")


def gathered(workspace: Workspace, run: Mapping[str, Any], metrics: Path | None) -> Told:
    """Return what there is to tell of a run, while the ledger is still open.

    Only what somebody wants to know is asked for: counting a large ledger takes its time.
    """
    connection, job, config = workspace.connection, workspace.job, workspace.account.config
    state, succeeded, reasons, verified = {}, None, {}, None
    if metrics:
        recent = verifications.recent(connection, job.scope)
        held, verified = reports.status(connection, job.scope), recent["last_verification"]
        planned = {name: recent[name] or 0 for name in reports.LEFT}
        state = {**{name: held[name] for name in _STATES}, **planned}
        succeeded = recent["succeeded"]
    if run["invalid"] and (config.on_failure or config.on_success):
        rules = reports.by_rule(connection)
        reasons = {rule["rule"]: rule["orders"] for rule in rules if rule["severity"] == "error"}
    told = Told(run, state, reasons, succeeded, job.destination.cadence, verified)
    return replace(told, before=_before(workspace, run["run_id"]) if config.on_failure else None)


def _before(workspace: Workspace, run_id: int | None) -> reports.Row | None:
    """Return the run before this one, whose number is not known when it ended in an error."""
    found = reports.runs(workspace.connection, workspace.job.scope, 2)
    others = found[1:] if run_id is None else [row for row in found if row["run_id"] < run_id]
    return next(iter(others), None)


def tell(
    config: Config, told: Sequence[Told], metrics: Path | None, *, is_recorded: bool = True
) -> None:
    """Tell whoever is configured to be told, after the ledger was let go.

    `is_recorded` says whether the ledger knows of what is told.
    """
    if metrics:
        metrics_file.write(metrics, told, time.time())
    if path := os.environ.get(step_summary.VARIABLE):
        step_summary.add(Path(path), told)
    for each in told:
        telemetry.run_ended(each.run)
    if config.on_failure:
        told = [unrecorded.continued(config.ledger, each, is_recorded=is_recorded) for each in told]
    for each in told:
        is_told = each.is_failure and each.is_news
        # Who is told of failures is told when they are over, too, but only once.
        is_told |= each.is_recovery and config.on_success is None
        if config.on_failure and is_told:
            _post("on_failure", config.on_failure, each)
        if config.on_success and each.is_success:
            _post("on_success", config.on_success, each)


def _post(key: str, variable: str, told: Told) -> None:
    from connector.reporting import (
        webhook,  # most runs have nobody to tell, and end sooner without it
    )

    webhook.post(key, variable, told.text())


def verified(config: Config, summaries: Sequence[Mapping[str, Any]]) -> None:
    """Tell whoever is told of failures what verifications found that is not as it should be."""
    for found in summaries:
        told = of_verification(found["destination"], found)
        if config.on_failure and told:
            from connector.reporting import webhook

            where = f"✗ {found['destination']} ({found['environment']})"
            webhook.post("on_failure", config.on_failure, f"{where}\n{told[0].message}")


def failed(scope: Scope, error: ConnectorError) -> dict[str, Any]:
    """Return the JSON of a run without a summary; counts that are unknown are null, not 0."""
    facts = dict.fromkeys(Summary.__dataclass_fields__) | {"alerts": []}
    return facts | dict(error.facts or {}) | failure(scope, error)


@contextmanager
def watching(
    options: Options, names: Sequence[str], metrics: Path | None, command: str
) -> Iterator[None]:
    """Record and tell of an error that keeps runs from beginning, or that ends them all.

    Nothing is told when the settings cannot be read either, nor without a command: what sends
    nothing is no run.
    """
    try:
        yield
    except ConnectorError as error:
        if not command:
            raise
        from connector.runs.unstarted import record  # most runs begin, and start sooner without it

        before = record(options, names, command, error)
        with suppress(ConnectorError):
            found = accounts(options, names)
            scopes = [account.scope for account in found]
            told = [
                Told(failed(scope, error), {}, {}, before=before.get(scope)) for scope in scopes
            ]
            tell(found[0].config, told, metrics, is_recorded=error.is_recorded)
        raise

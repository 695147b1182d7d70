"""What observers hear of a run: gathered while its ledger is open, reported afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from connector.api.observers import listeners
from connector.exceptions import ConnectorError
from connector.ledger.ledger import Scope
from connector.reporting import reports, run_reports, standing, verifications
from connector.reporting.monitoring.run_report import RunReport
from connector.runs.observer import Observer
from connector.runs.summary import Summary
from connector.runs.workspace import Options, Workspace, accounts

_STATES = ("delivered", "refused", "invalid", "in_doubt", "in_doubt_gone", "taken_back")


def gathered(workspace: Workspace, run: Mapping[str, Any], wants: frozenset[str]) -> RunReport:
    """Return the report of a run, while the ledger is still open.

    Only what observers want is counted: counting a large ledger takes time.
    """
    connection, job = workspace.connection, workspace.job
    state, succeeded, reasons, verified = {}, None, {}, None
    if "state" in wants:
        recent = verifications.recent(connection, job.scope)
        held, verified = standing.status(connection, job.scope), recent["last_verification"]
        planned = {name: recent[name] or 0 for name in standing.LEFT}
        state = {**{name: held[name] for name in _STATES}, **planned}
        succeeded = recent["succeeded"]
    if run["invalid"] and "reasons" in wants:
        rules = reports.by_rule(connection)
        reasons = {rule["rule"]: rule["orders"] for rule in rules if rule["severity"] == "error"}
    report = RunReport(run, state, reasons, succeeded, job.destination.cadence, verified)
    return replace(report, before=_before(workspace, run["run_id"]) if "before" in wants else None)


def _before(workspace: Workspace, run_id: int | None) -> reports.Row | None:
    """Return the run before this one, whose number is not known when it ended in an error."""
    found = run_reports.runs(workspace.connection, workspace.job.scope, 2)
    others = found[1:] if run_id is None else [row for row in found if row["run_id"] < run_id]
    return next(iter(others), None)


def known(scope: Scope, error: ConnectorError) -> dict[str, Any]:
    """Return what is known of a run without a summary; unknown counts are None, not 0."""
    facts = dict.fromkeys(Summary.__dataclass_fields__) | {"alerts": []}
    told = {"exit_code": error.exit_code, "error": str(error), "cause": error.told}
    return facts | dict(error.facts or {}) | scope.values() | told


@contextmanager
def watching(
    options: Options, names: Sequence[str], command: str, observers: Sequence[Observer]
) -> Iterator[None]:
    """Record and report an error that keeps runs from beginning, or that ends them all.

    Nothing is reported when the settings cannot be read, or without a command: a call that sends
    nothing is not a run.
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
            listening = listeners(found[0].config, observers)
            for scope in [account.scope for account in found]:
                report = RunReport(known(scope, error), {}, {}, before=before.get(scope))
                listening.reported(replace(report, is_recorded=error.is_recorded))
        raise

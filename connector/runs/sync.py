"""Plan → ledger → deliver → summary, for one destination."""

import time
from contextlib import suppress
from dataclasses import asdict, replace

import duckdb

from connector.exceptions import ChoiceError, ConnectorError, CrashError
from connector.ledger.ledger import Ledger, Scope
from connector.plan.choice import Choice
from connector.plan.removals import Removals
from connector.reporting import freshness, reports, run_reports
from connector.reporting.alerts import Alert, of_gap, of_run
from connector.runs import evidence, trust
from connector.runs.dry_run import guarded, planner_of
from connector.runs.job import Hooks, Job
from connector.runs.run import Run
from connector.runs.summary import Summary, summarise
from connector.sql import count


def sync(job: Job, ledger: Ledger, choice: Choice, hooks: Hooks, command: str) -> Summary:
    """Deliver what changed and record it.

    What takes orders back is a run of its own before it. Raises ConnectorError when there is no
    plan, or when the ledger cannot be written; what else goes wrong is the summary's error.
    """
    before = None if choice.window else run_reports.before(job.connection, job.scope, hooks.recent)
    old = trust.check(job, ledger, choice)
    run = Run(job, ledger, hooks, command)
    try:
        run.prepare()
        if old:
            run.accept()
        planner = planner_of(job)
        plan = planner.plan(job.warehouse, choice)
        ledger.unmark(job.scope)
        run.error, found = guarded(job, choice, plan)
        stale = evidence.stale(job, plan)
        if plan.removals and not run.error:
            _take_back(run, job.scope, planner.removals, plan.removals)
        # A removal that was refused leaves out the order in its place.
        orders = count(job.connection, "plan.planned") if plan.removals else plan.planned
        done = run.send(planner.recipe(), orders, planner.late, choice)
        plan = planner.rendered(plan, run.batches, run.bytes)
    except ChoiceError:  # a slip of the hand says nothing of how the destination is doing
        run.discard()
        raise
    except Exception as error:  # noqa: BLE001 - what is not foreseen is recorded, too
        raise _ended(run, error, hooks) from None
    summary = summarise(job.scope, run.run_id, plan, done, run.sent())
    summary = _told(replace(summary, stale=stale), old + found, before, job.destination.cadence)
    if planner.scan.mark and choice.everything and summary.is_success:
        ledger.mark(job.scope, run.run_id, asdict(planner.scan.mark))
    run.finish(summary.exit_code, summary.as_dict())
    return summary


def _record(run: Run, error: ConnectorError) -> None:
    """Record the error that has ended a run: exit code and cause."""
    with suppress(ConnectorError, duckdb.Error):  # the first error says more than a second
        run.break_off(error)
        error.is_recorded = True


def _ended(run: Run, error: Exception, hooks: Hooks) -> ConnectorError:
    """Record that an error has ended a run, and return what to tell of it."""
    # DuckDB has an error of its own for a query that a signal has ended.
    ended = error if isinstance(error, ConnectorError) else hooks.interruption()
    ended = ended or CrashError.of(error)
    ended.facts = run.facts()
    _record(run, ended)
    return ended


def _take_back(run: Run, scope: Scope, removals: Removals, orders: int) -> None:
    """Let the destination give orders up before the plan goes, one record of each at a time."""
    while orders and not run.error:
        removals.begin()
        run.remove(removals.recipe(), orders, removals.late, removals.action)
        removals.end(scope, run.run_id)
        run.again()
        orders = removals.next(scope)


def _told(
    summary: Summary, found: list[Alert], before: reports.Row | None, cadence: float | None
) -> Summary:
    """Return the summary with what is worth telling: of the plan, and of how the run ended."""
    alerts = found + of_run(summary.as_dict(), before)
    alerts += freshness.alerts(summary.destination, summary.stale, (before or {}).get("stale", ()))
    if before and before["succeeded"]:
        since, ended = time.time() - before["succeeded"], summary.is_success
        alerts += of_gap(summary.destination, since, cadence, ended=ended)
    first = {alert.kind: alert for alert in reversed(alerts)}  # one of a kind is enough
    return replace(summary, alerts=[alert for alert in alerts if first[alert.kind] is alert])

"""Plans, delivers and records the orders of one destination, and returns the summary."""

import time
from contextlib import suppress
from dataclasses import asdict, replace

import duckdb

from connector.delivery.delivered import Delivered
from connector.engine.engine import ended_by
from connector.exceptions import ChoiceError, ConnectorError
from connector.ledger.ledger import Ledger
from connector.plan.choice import Choice, Plan
from connector.plan.plan import Planner
from connector.reporting import freshness, reports, run_reports
from connector.reporting.alerts import Alert, of_gap, of_run
from connector.runs.checks import evidence, trust
from connector.runs.checks.behind import behind
from connector.runs.dry_run import guarded, planner_of
from connector.runs.job import Hooks, Job
from connector.runs.run import Run
from connector.runs.summary import Summary, summarise


def sync(job: Job, ledger: Ledger, choice: Choice, hooks: Hooks, command: str) -> Summary:
    """Deliver what changed and record it.

    Removals are a separate run before it. Raises ConnectorError when planning fails or the ledger
    cannot be written; any other error is in the summary.
    """
    before = None if choice.window else run_reports.before(job.connection, job.scope, hooks.recent)
    old = trust.check(job, ledger, choice)
    run = Run(job, ledger, hooks, command)
    run.begin()
    try:
        run.prepare()
        if old:
            run.accept()
        planner = planner_of(job)
        plan = planner.plan(job.warehouse, choice, in_windows=True)
        ledger.unmark(job.scope)
        run.error, found = guarded(job, choice, plan)
        stale = evidence.stale(job, plan)
        done = _carry_out(run, planner, plan, choice)
        plan = planner.rendered(plan, run.batches, run.bytes)
        if planner.windows.left and not done.error:
            plan, done = _carry_on(job, run, planner, plan, done)
    except ChoiceError:  # a typing error is not a failure of the destination
        run.discard()
        raise
    except Exception as error:  # noqa: BLE001 - unexpected errors are recorded, too
        raise _ended(run, error, hooks, job) from None
    summary = summarise(job, run.run_id, plan, done, run.sent())
    summary = _told(replace(summary, stale=stale), old + found, before, job.destination.cadence)
    if planner.scan.mark and choice.everything and summary.is_success:
        ledger.mark(job.scope, run.run_id, asdict(planner.scan.mark))
    run.finish(summary.exit_code, summary.as_dict())
    return replace(summary, left_behind=behind(job.connection, job.scope, plan, done))


def _record(run: Run, error: ConnectorError) -> None:
    """Record the error that ended a run: exit code and cause."""
    with suppress(ConnectorError, duckdb.Error):  # the first error matters more than a second one
        run.break_off(error)
        error.is_recorded = True


def _ended(run: Run, error: Exception, hooks: Hooks, job: Job) -> ConnectorError:
    """Record that an error ended a run, and return the error to report."""
    # DuckDB raises its own error when a signal ends a query.
    ended = None if isinstance(error, ConnectorError) else hooks.interruption()
    ended = ended or ended_by(job.connection, error)
    ended.facts = run.facts()
    _record(run, ended)
    return ended


def _carry_out(run: Run, planner: Planner, plan: Plan, choice: Choice) -> Delivered:
    """Send the plan step by step; return what came of the last step, or the error that stops it."""
    for step in planner.steps(plan):
        if run.error:
            break
        if not step.takes_back:
            return run.send(step, choice, planner.windows.left)
        run.remove(step)
        planner.finish(step, run.run_id)
        run.again()
    return Delivered(error=run.error)


def _carry_on(
    job: Job, run: Run, planner: Planner, plan: Plan, done: Delivered
) -> tuple[Plan, Delivered]:
    """Plan and send what was left to windows; return the whole plan, and what came of it."""
    while planner.windows.left and not done.error:
        try:
            window = planner.window(job.warehouse)
        except ConnectorError as error:  # what was sent counts, and the rest goes with the next run
            return plan, replace(done, error=error)
        (step,) = planner.steps(window)
        done = run.send_window(step, planner.windows.left)
        plan = plan.judged(planner.rendered(window, run.batches, run.bytes))
    return plan, done


def _told(
    summary: Summary, found: list[Alert], before: reports.Row | None, cadence: float | None
) -> Summary:
    """Return the summary with alerts about the plan and about the end of the run."""
    alerts = found + of_run(summary.as_dict(), before)
    alerts += freshness.alerts(summary.destination, summary.stale, (before or {}).get("stale", ()))
    if before and before["succeeded"]:
        since, ended = time.time() - before["succeeded"], summary.is_success
        alerts += of_gap(summary.destination, since, cadence, ended=ended)
    first = {alert.kind: alert for alert in reversed(alerts)}  # one of each kind is enough
    return replace(summary, alerts=[alert for alert in alerts if first[alert.kind] is alert])

"""Plan → ledger → deliver → summary, for one destination."""

import time
from dataclasses import replace

from connector import guard, reports
from connector.alerts import Alert, of_gap, of_run
from connector.choice import Choice, Plan
from connector.columns import ColumnSample
from connector.delivered import Delivered
from connector.errors import ChoiceError, ConnectorError, GuardError
from connector.job import Hooks, Job
from connector.ledger import Ledger
from connector.plan import Planner
from connector.run import Run
from connector.summary import Sent, Summary, summarise


def dry_run(job: Job, choice: Choice) -> Summary:
    """Make the plan and send nothing; the ledger may be attached read-only.

    A guard that would stop the run is the summary's error.
    """
    began = time.monotonic()
    planner = _planner(job)
    plan = planner.survey(planner.plan(job.warehouse, choice))
    error, found = _guard(job, choice, plan)
    sent = Sent(time.monotonic() - began)
    return replace(summarise(job.scope, None, plan, Delivered(error=error), sent), alerts=found)


def sync(job: Job, ledger: Ledger, choice: Choice, hooks: Hooks, command: str) -> Summary:
    """Deliver what changed and record it.

    What takes orders back is a run of its own before it. Raises ConnectorError when there is no
    plan, or when the ledger cannot be written; what else goes wrong is the summary's error.
    """
    before = None if choice.window else reports.before(job.connection, job.scope)
    run = Run(job, ledger, hooks, command)
    try:
        hooks.report("planning", 0, Delivered())
        planner = _planner(job)
        plan = planner.plan(job.warehouse, choice)
        run.error, found = _guard(job, choice, plan)
        if plan.removals and not run.error:
            planner.removals.begin()
            run.remove(planner.removals.recipe(), plan.removals)
            planner.removals.end(job.scope, run.run_id)
            run.again()
        done = run.send(planner.recipe(), plan.planned, is_retry=choice.retry)
        plan = planner.rendered(plan, run.batches, run.bytes)
    except ChoiceError:  # a slip of the hand says nothing of how the destination is doing
        run.discard()
        raise
    except (ConnectorError, RuntimeError) as error:
        # DuckDB has an error of its own for a query that a signal has ended.
        ended = error if isinstance(error, ConnectorError) else hooks.interruption()
        if ended is None:
            raise
        run.finish(ended.exit_code, {"error": type(ended).__name__})
        raise ended from None
    summary = summarise(job.scope, run.run_id, plan, done, run.sent())
    summary = _told(summary, found, before, job.destination.cadence)
    run.finish(summary.exit_code, summary.as_dict())
    return summary


def _planner(job: Job) -> Planner:
    return Planner(job.connection, job.contract, job.destination)


def _guard(job: Job, choice: Choice, plan: Plan) -> tuple[ConnectorError | None, list[Alert]]:
    """Return why the plan must not be carried out, or None, and what is unusual about it."""
    sample = ColumnSample(job.connection, job.contract, job.scope)
    found = guard.findings(plan, sample, job.destination, full=choice.full)
    try:
        allowed = choice.allow_side_effects
        if guard.is_load(plan, full=choice.full):
            guard.check_side_effects(job.contract, plan.planned, allowed=allowed)
        if not choice.unguarded:
            guard.check(found)
    except GuardError as error:
        return error, found
    return None, found


def _told(
    summary: Summary, found: list[Alert], before: reports.Row | None, cadence: float | None
) -> Summary:
    """Return the summary with what is worth telling: of the plan, and of how the run ended."""
    alerts = found + of_run(summary.as_dict(), before)
    if before and before["succeeded"]:
        since, ended = time.time() - before["succeeded"], summary.is_success
        alerts += of_gap(summary.destination, since, cadence, ended=ended)
    first = {alert.kind: alert for alert in reversed(alerts)}  # one of a kind is enough
    return replace(summary, alerts=[alert for alert in alerts if first[alert.kind] is alert])

"""Makes the plan of a run and checks the guards; nothing here can send."""

import time
from collections.abc import Callable
from dataclasses import replace

from connector.delivery.delivered import Delivered
from connector.exceptions import ConnectorError, GuardError, OldLedgerError
from connector.ledger.ledger import Ledger
from connector.plan.choice import Choice, Plan
from connector.plan.plan import Planner
from connector.reporting import freshness, run_reports
from connector.reporting.alerts import Alert
from connector.runs.checks import evidence, guard, trust
from connector.runs.checks.again import reasons
from connector.runs.checks.behind import behind
from connector.runs.job import Job
from connector.runs.summary import Sent, Summary, summarise


def dry_run(
    job: Job,
    ledger: Ledger,
    choice: Choice,
    look: Callable[[Planner], None] = lambda _: None,
) -> Summary:
    """Make the plan and send nothing; the ledger may be attached read-only.

    `look` is called last and may read the tables of the plan.

    The summary's error is what would stop the run: a guard, or a ledger that cannot be trusted.
    """
    began = time.monotonic()
    planner = planner_of(job)
    plan = _surveyed(job, planner, planner.plan(job.warehouse, choice))
    error, found = guarded(job, choice, plan)
    try:
        found = trust.check(job, ledger, choice) + found
    except OldLedgerError as old:
        error = old
    stale = evidence.stale(job, plan)
    found += freshness.alerts(job.destination.name, stale)
    again = reasons(job.connection, job.contract, job.scope, plan)
    sent = Sent(time.monotonic() - began)
    look(planner)
    done = Delivered(error=error)
    why = behind(job.connection, job.scope, plan, done)
    summary = summarise(job, None, plan, done, sent)
    return replace(summary, stale=stale, alerts=found, again=again, left_behind=why)


def _surveyed(job: Job, planner: Planner, plan: Plan) -> Plan:
    """Render all that is planned without keeping it, to tell requests and bytes."""
    from connector.payloads.chunks import Chunks  # noqa: PLC0415 - a run has no need of it
    from connector.payloads.renderers import renderers  # noqa: PLC0415

    with renderers(job.connection, plan.planned) as threads:
        chunks = Chunks(threads, planner.recipe(), plan.planned, with_bodies=False)
        for chunk in chunks:
            chunks.release(chunk)
    return planner.rendered(plan, chunks.batches, chunks.bytes)


def planner_of(job: Job) -> Planner:
    """Return the planner of a job, with empty tables."""
    return Planner(job.connection, job.contract, job.destination)


def guarded(job: Job, choice: Choice, plan: Plan) -> tuple[ConnectorError | None, list[Alert]]:
    """Return the error that forbids the plan, or None, and alerts about what is unusual."""
    name, guards = job.destination.name, job.destination.guards
    seen = evidence.gather(job.connection, job.contract, job.scope, plan)
    found = guard.findings(name, guards, plan, seen, choice)
    try:
        if job.contract.side_effects:
            orders = _needless(job, choice, plan, is_loaded=seen.is_loaded)
            allowed = choice.allow_side_effects
            guard.check_side_effects(name, job.contract, orders, allowed=allowed)
        if not choice.unguarded:
            guard.check(found)
    except GuardError as error:
        return error, found
    if choice.everything and not plan.warned:  # no rule is broken that only warns
        return None, found
    return None, found + evidence.moved(job.connection, job.contract, name)


def _needless(job: Job, choice: Choice, plan: Plan, *, is_loaded: bool) -> int:
    """Return how many orders would cause a side effect that nobody asked for.

    A first load is counted across its runs, since several small runs may make up a load.
    """
    if not is_loaded and plan.planned and not choice.retry:
        return plan.planned + run_reports.sent_again(job.connection, job.scope)
    if guard.is_load(plan, choice):
        return plan.planned
    return evidence.repeats(job.connection, job.contract)

"""The plan of a run, and what stands against it; nothing here can send."""

import time
from dataclasses import replace

from connector import evidence, guard
from connector.alerts import Alert
from connector.choice import Choice, Plan
from connector.delivered import Delivered
from connector.errors import ConnectorError, GuardError
from connector.job import Job
from connector.plan import Planner
from connector.summary import Sent, Summary, summarise


def dry_run(job: Job, choice: Choice) -> Summary:
    """Make the plan and send nothing; the ledger may be attached read-only.

    A guard that would stop the run is the summary's error.
    """
    began = time.monotonic()
    planner = planner_of(job)
    plan = planner.survey(planner.plan(job.warehouse, choice))
    error, found = guarded(job, choice, plan)
    again = evidence.again(job.connection, job.scope, plan)
    sent = Sent(time.monotonic() - began)
    summary = summarise(job.scope, None, plan, Delivered(error=error), sent)
    return replace(summary, alerts=found, again=again)


def planner_of(job: Job) -> Planner:
    """Return the planner of a job, with empty tables."""
    return Planner(job.connection, job.contract, job.destination)


def guarded(job: Job, choice: Choice, plan: Plan) -> tuple[ConnectorError | None, list[Alert]]:
    """Return why the plan must not be carried out, or None, and what is unusual about it."""
    name, guards = job.destination.name, job.destination.guards
    seen = evidence.gather(job.connection, job.contract, job.scope, plan)
    found = guard.findings(name, guards, plan, seen, choice)
    try:
        if job.contract.side_effects:
            orders = (
                plan.planned
                if guard.is_load(plan, choice)
                else evidence.repeats(job.connection, job.contract)
            )
            allowed = choice.allow_side_effects
            guard.check_side_effects(job.contract, orders, allowed=allowed)
        if not choice.unguarded:
            guard.check(found)
    except GuardError as error:
        return error, found
    return None, found + evidence.moved(job.connection, job.contract)

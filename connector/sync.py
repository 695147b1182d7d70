"""Plan → ledger → deliver → summary, for one destination."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from connector import guard
from connector.budget import RollingBudget
from connector.config import Destination
from connector.contract import Contract
from connector.deliver import Delivered, Deliverer
from connector.destinations import reader
from connector.errors import ConnectorError
from connector.ledger import Ledger
from connector.parts import Parts
from connector.plan import Choice, Plan, Planner
from connector.project import Warehouse
from connector.sender import Sender
from connector.summary import Sent, Summary, summarise
from connector.transport import Transport

Report = Callable[[str, int, Delivered], None]  # phase, planned orders, what was done so far


@dataclass(frozen=True, slots=True)
class Job:
    """What a run works on."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    destination: Destination
    warehouse: Warehouse


def dry_run(job: Job, choice: Choice) -> Summary:
    """Make the plan and send nothing; the ledger may be attached read-only."""
    began = time.monotonic()
    planner = Planner(job.connection, job.contract, job.destination)
    plan = planner.plan(job.warehouse, choice)
    scope = planner.scope
    return summarise(
        scope.destination,
        scope.environment,
        None,
        plan,
        Delivered(),
        Sent(),
        time.monotonic() - began,
    )


def sync(
    job: Job,
    ledger: Ledger,
    choice: Choice,
    *,
    yes: bool,
    report: Report,
    started: Callable[[int, Sender], None],
) -> Summary:
    """Deliver what changed and record it; `started` is told the run's number and its sender before anything is sent.

    Raises ConnectorError when nothing was sent; what goes wrong afterwards is in the summary.
    """
    began = time.monotonic()
    secrets = job.destination.resolved()
    planner = Planner(job.connection, job.contract, job.destination)
    run_id = ledger.start(planner.scope, "sync")
    try:
        report("planning", 0, Delivered())
        plan = planner.plan(job.warehouse, choice)
        if not yes:
            guard.check(plan, job.destination.guards, job.contract.destination)
    except ConnectorError as error:
        ledger.finish(
            planner.scope, run_id, "sync", error.exit_code, {"error": type(error).__name__}
        )
        raise
    ledger.plan(planner.scope, run_id)
    ledger.refresh(planner.scope)
    options = job.destination.delivery
    transport = Transport(
        job.destination.url,
        job.contract.headers,
        secrets,
        (options.connect_timeout, options.read_timeout),
    )
    sender = Sender(transport, reader(job.contract), options, budgets(job))
    started(run_id, sender)
    done = Deliverer(
        ledger,
        planner.scope,
        run_id,
        Parts(job.connection, job.contract),
        sender,
        options,
        lambda done: report("sending", plan.planned, done),
    ).run()
    summary = _summary(planner, run_id, plan, done, sender, time.monotonic() - began)
    ledger.compact(planner.scope)
    ledger.finish(planner.scope, run_id, "sync", summary.exit_code, summary.as_dict())
    return summary


def budgets(job: Job) -> list[tuple[RollingBudget, bool]]:
    """Return the budgets of the contract; the sandbox has none."""
    budget = job.contract.budget
    if not budget or job.destination.environment == "local":
        return []
    return [
        (RollingBudget(budget[unit], budget["seconds"]), unit == "bytes")
        for unit in budget
        if unit != "seconds"
    ]


def _summary(  # noqa: PLR0913 - the parts of a run
    planner: Planner, run_id: int, plan: Plan, done: Delivered, sender: Sender, seconds: float
) -> Summary:
    sent = Sent(sender.requests, sender.retries, sender.bytes)
    return summarise(
        planner.scope.destination, planner.scope.environment, run_id, plan, done, sent, seconds
    )

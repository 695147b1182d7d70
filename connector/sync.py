"""Plan → ledger → deliver → summary, for one destination."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from connector import guard
from connector.columns import ColumnSample
from connector.contract import Contract
from connector.deliver import Delivered, Deliverer
from connector.destinations import reader
from connector.errors import ConnectorError, GuardError
from connector.gate import new_gate
from connector.journal import Journal
from connector.ledger import Ledger, Scope
from connector.parts import Parts
from connector.plan import Choice, Plan, Planner
from connector.project import Warehouse
from connector.refusals import Record
from connector.secret import Secret
from connector.sender import Sender
from connector.settings import Destination
from connector.summary import Sent, Summary, summarise
from connector.transport import Transport


@dataclass(frozen=True, slots=True)
class Job:
    """What a run works on."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    destination: Destination
    warehouse: Warehouse

    @property
    def scope(self) -> Scope:
        """Return what the ledger files the run under."""
        return Scope(self.destination.name, self.destination.scope)


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a run tells while it goes on."""

    report: Callable[[str, int, Delivered], None]  # phase, planned orders, what was done so far
    sending: Callable[[Sender], None]  # what can be interrupted from now on
    interruption: Callable[[], ConnectorError | None] = lambda: None  # what a signal asks for


def dry_run(job: Job, choice: Choice) -> Summary:
    """Make the plan and send nothing; the ledger may be attached read-only.

    A guard that would stop the run is the summary's error.
    """
    began = time.monotonic()
    plan = _planner(job).plan(job.warehouse, choice)
    done = Delivered(error=_guard(job, choice, plan))
    return summarise(job.scope, None, plan, done, Sent(time.monotonic() - began))


def sync(job: Job, ledger: Ledger, choice: Choice, hooks: Hooks, command: str) -> Summary:
    """Deliver what changed and record it.

    Raises ConnectorError when there is no plan, or when the ledger cannot be written; what else
    goes wrong is the summary's error.
    """
    began = time.monotonic()
    secrets = job.destination.resolved()
    run_id = ledger.start(job.scope, command)
    try:
        hooks.report("planning", 0, Delivered())
        plan = _planner(job).plan(job.warehouse, choice)
        done = Delivered(error=_guard(job, choice, plan))
        sender = _sender(job, ledger, run_id, secrets)
        if done.error is None:
            ledger.plan(job.scope, run_id)
            hooks.sending(sender)
            record = Record(ledger, job.scope, run_id, is_retry=choice.retry)
            done = _deliver(
                job, record, sender, lambda so_far: hooks.report("sending", plan.planned, so_far)
            )
            ledger.settle(job.scope, run_id)
    except (ConnectorError, RuntimeError) as error:
        # DuckDB has an error of its own for a query that a signal has ended.
        ended = error if isinstance(error, ConnectorError) else hooks.interruption()
        if ended is None:
            raise
        ledger.finish(job.scope, run_id, command, ended.exit_code, {"error": type(ended).__name__})
        raise ended from None
    sent = Sent(time.monotonic() - began, sender.requests, sender.retries, sender.bytes)
    summary = summarise(job.scope, run_id, plan, done, sent)
    ledger.finish(job.scope, run_id, command, summary.exit_code, summary.as_dict())
    return summary


def _planner(job: Job) -> Planner:
    return Planner(job.connection, job.contract, job.destination)


def _guard(job: Job, choice: Choice, plan: Plan) -> ConnectorError | None:
    """Return why the plan must not be carried out, or None."""
    sample = ColumnSample(job.connection, job.contract, job.scope)
    try:
        if not choice.unguarded:
            guard.check(plan, sample, job.destination, full=choice.full)
    except GuardError as error:
        return error
    return None


def _sender(job: Job, ledger: Ledger, run_id: int, secrets: dict[str, Secret]) -> Sender:
    options = job.destination.delivery
    timeouts = (options.connect_timeout, options.read_timeout)
    transport = Transport(job.destination.url, job.contract, secrets, timeouts)
    journal = Journal({"run_id": run_id, **job.scope.values()})
    gate = new_gate(job.destination, job.contract, ledger.path)
    return Sender(transport, reader(job.contract), options, gate, journal)


def _deliver(
    job: Job, record: Record, sender: Sender, report: Callable[[Delivered], None]
) -> Delivered:
    parts = Parts(job.connection, job.contract, job.destination.envelope(job.contract))
    return Deliverer(record, parts, sender, report).run()

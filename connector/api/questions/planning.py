"""What a run would send, and one order as it would be sent; nothing here can send."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.api.reporting import known
from connector.api.results import Results, attempted
from connector.plan.choice import Choice
from connector.plan.plan import Planner
from connector.reporting import reports
from connector.reporting.difference import Change, changes
from connector.runs.dry_run import dry_run
from connector.runs.job import Job
from connector.runs.summary import Summary
from connector.runs.workspace import Account, Options, configured, opened


def planned(options: Options, names: Sequence[str], choice: Choice) -> Results[Summary]:
    """Return the plan of each account; raises ConfigError, ContractError or ProjectError."""
    accounts, warehouse = configured(options, names)

    def one(account: Account) -> Summary:
        with opened(account, warehouse, read_only=True) as workspace:
            return dry_run(workspace.job, workspace.ledger, choice)

    return Results([(each.name, attempted(each, one, known)) for each in accounts])


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of the contract that an order breaks, and what that costs."""

    order_id: str
    severity: str
    cost: str
    owner: str
    rule: str
    field: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Event:
    """What a run did with an order, or since when the order is in doubt."""

    run_id: int
    batch_id: int | None
    request_id: str | None
    outcome: str
    status: int | None
    reason: str | None
    at: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """One order at one destination.

    The payload is None when the order is not in the view; its fractions are exact Decimals.
    `standing` is sent, too_early or counts_for_nothing. `outdated_since` is the run that delivered
    the version at the destination, when the order is invalid or refused now.
    """

    destination: str
    environment: str
    order_id: str
    payload: Any
    bytes: int | None
    standing: str | None
    violations: tuple[Violation, ...]
    history: tuple[Event, ...]
    outdated_since: int | None
    last_sent: Any  # the payload as it was sent last; None where it is not kept
    last_sent_by: int | None  # the run
    changes: tuple[Change, ...] | None  # from there to the payload; None where that is not known

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `show`."""
        return asdict(self)


def orders(options: Options, names: Sequence[str], order_id: str) -> Results[Order]:
    """Return an order as each account would get it; raises as `planned` does."""
    accounts, warehouse = configured(options, names)

    def one(account: Account) -> Order:
        with opened(account, warehouse, read_only=True) as workspace:
            job = workspace.job
            planner = Planner(job.connection, job.contract, job.destination)
            planner.stage(job.warehouse, order_id)
            planner.judge()  # first, since fields that are left out are not in the payload
            planner.render()
            found = reports.order(job.connection, planner.scope, order_id)
            return _typed(found | _changed(job, found))

    return Results([(each.name, attempted(each, one)) for each in accounts])


def _changed(job: Job, found: reports.Row) -> reports.Row:
    """Return what was sent last of an order, and what differs since; of whole payloads only."""
    before, run_id = None, None
    if job.kept.whole:
        before, run_id = reports.last_sent(job.connection, job.scope, found["order_id"])
        if before is not None and not _is_whole(job, before):
            before, run_id = None, None
    told = before is not None and found["payload"] is not None
    return {
        "last_sent": before,
        "last_sent_by": run_id,
        "changes": changes(job.contract, before, found["payload"]) if told else None,
    }


def _is_whole(job: Job, payload: Any) -> bool:
    """Return whether a payload is more than what the ledger keeps of an order in any case."""
    return not set(payload) <= set(job.contract.orders.steady)


def _typed(found: reports.Row) -> Order:
    violations = tuple(Violation(**each) for each in found["violations"])
    history = tuple(Event(**each) for each in found["history"])
    return Order(**{**found, "violations": violations, "history": history})

"""What a plan changes: which fields in how many orders, and the first orders field by field."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.api.reporting import known
from connector.api.results import Results, attempted
from connector.compile.rendering import beside
from connector.plan import judging
from connector.plan.choice import Choice
from connector.plan.plan import Planner
from connector.reporting.difference import Change, changes
from connector.reporting.reports import rows
from connector.runs.dry_run import dry_run
from connector.runs.job import Job
from connector.runs.summary import Summary
from connector.runs.workspace import Account, Options, configured, opened
from connector.sql import Statements, count, run
from connector.text import exact

statement = Statements(__file__)

SHOWN = 10  # orders, unless another limit is given


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A member of the payload, and in how many of the compared orders it differs."""

    field: str
    orders: int


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """An order that was delivered and changed, field by field."""

    order_id: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """A plan, and what it changes in the orders that can be compared with what was sent last.

    `compared` is None where the ledger keeps no whole payloads.
    """

    plan: Summary
    compared: int | None
    fields: tuple[ChangedField, ...]
    orders: tuple[ChangedOrder, ...]

    @property
    def exit_code(self) -> int:
        """Return that of the plan."""
        return self.plan.exit_code

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of `plan --diff`: that of the plan, and `differences`."""
        found = asdict(self)
        return {**found.pop("plan"), "differences": found}


def differences(options: Options, names: Sequence[str], choice: Choice) -> Results[Differences]:
    """Return what the plan of each account would change; raises as `planned` does."""
    accounts, warehouse = configured(options, names)

    def one(account: Account) -> Differences:
        looks: list[_Look] = []
        with opened(account, warehouse, read_only=True) as workspace:
            job, limit = workspace.job, choice.limit or SHOWN
            plan = dry_run(
                job,
                workspace.ledger,
                choice,
                lambda planner: looks.append(_looked(job, planner, limit)),
            )
        return Differences(plan, *looks[0])

    return Results([(each.name, attempted(each, one, known)) for each in accounts])


_Look = tuple[int | None, tuple[ChangedField, ...], tuple[ChangedOrder, ...]]


def _looked(job: Job, planner: Planner, limit: int) -> _Look:
    """Return how many orders were compared, the fields that differ, and the first orders."""
    if not job.kept.whole:
        return None, (), ()
    sql = beside.last_sent(planner.recipe().payloads, job.contract.key)
    run(job.connection, sql, judging.ALL)
    fields = tuple(
        ChangedField(**each) for each in rows(job.connection, statement("changed_members"))
    )
    first = rows(job.connection, statement("first_beside"), limit=limit)
    orders = tuple(ChangedOrder(each["order_id"], _changes(job, each)) for each in first)
    return count(job.connection, "work.beside"), fields, orders


def _changes(job: Job, row: dict[str, Any]) -> tuple[Change, ...]:
    before, now = exact.loads(row["before"]), exact.loads(row["now"])
    return changes(job.contract, before, now)

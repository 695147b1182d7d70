"""What the views hold, day by day, and how much of it counts as delivered."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.api.results import Results, attempted
from connector.compile import held_data
from connector.reporting import listed_errors, verifications
from connector.reporting.listed_errors import Filter
from connector.runs.job import Job
from connector.runs.workspace import Account, Options, configured, opened
from connector.source.warehouse import View, attached, view_of


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC) and currency of the view; the amounts are None where no contract names them."""

    day: str
    currency: str | None
    orders: int
    amount: float | None
    delivered: int
    delivered_amount: float | None


@dataclass(frozen=True, slots=True)
class Filled:
    """In how many orders a column has a value; `is_personal` as the contract says."""

    column: str
    orders: int
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """What the views of an account hold.

    `lists` are orders and rows of the view of each list, `warnings` orders by rule, `verified` a
    summary of the last verification.
    """

    destination: str
    environment: str
    orders: int
    days: tuple[Day, ...]
    states: dict[str, int]
    lists: dict[str, tuple[int, int]]
    columns: tuple[Filled, ...]
    warnings: dict[str, int]
    verified: dict[str, Any] | None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of it."""
        return asdict(self)


def holdings(options: Options, names: Sequence[str]) -> Results[Holding]:
    """Return what the views of each account hold; raises as `plan` does."""
    accounts, warehouse = configured(options, names)

    def one(account: Account) -> Holding:
        with opened(account, warehouse, read_only=True) as workspace:
            job = workspace.job
            with attached(job.connection, warehouse):
                return _holding(job, _views(job))

    return Results([(each.name, attempted(each, one)) for each in accounts])


def _views(job: Job) -> dict[str, View]:
    given = (job.connection, job.contract, job.warehouse)
    found = {
        entity.name: view_of(*given, entity, job.destination.models)
        for entity in job.contract.entities()
    }
    return {name: view for name, view in found.items() if view}


def _holding(job: Job, views: dict[str, View]) -> Holding:
    contract, connection, scope = job.contract, job.connection, job.scope
    view = views[contract.orders.name]
    sql = held_data.days(contract, view.relation, view.columns)
    days = connection.execute(sql, scope.values()).fetchall()
    filled = connection.execute(held_data.filled(view.relation, view.columns)).fetchall()[0]
    personal = {each.column for each in contract.orders.fields if each.schema.get("x-personal")}
    has_states = contract.lifecycle.column in view.columns
    states = held_data.states(contract, view.relation)
    listed_errors.gather_errors(connection, scope, Filter(types=("warning",)))
    rules = listed_errors.errors_by_rule(connection)
    return Holding(
        **scope.values(),
        orders=filled[0],
        days=tuple(Day(*map(_plain, each)) for each in days),
        states=dict(connection.execute(states).fetchall()) if has_states else {},
        lists=_lists(job, views),
        columns=tuple(Filled(name, n, name in personal) for name, n in filled[1].items()),
        warnings={each["rule"]: each["orders"] for each in rules},
        verified=verifications.last_verification(connection, scope),
    )


def _lists(job: Job, views: dict[str, View]) -> dict[str, tuple[int, int]]:
    found = {}
    for entity in job.contract.entities():
        if entity.label and entity.name in views:
            sql = held_data.lists(entity, views[entity.name].relation)
            orders, rows = job.connection.execute(sql).fetchall()[0]
            found[entity.label] = (orders, rows)
    return found


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else float(value)

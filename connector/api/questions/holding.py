"""What the views hold, day by day, and how much of it counts as delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from connector.api.results import Results, attempted
from connector.compile.reading import held_data
from connector.reporting import listed_errors, verifications
from connector.reporting.listed_errors import Filter
from connector.reporting.reports import Row
from connector.runs.job import Job
from connector.runs.workspace import Account, Options, configured, opened
from connector.source.opening import reading
from connector.source.reader import Reader
from connector.source.views import View
from connector.source.warehouse import view_of


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC) and currency of the view; the amounts are None where no contract names them.

    `verified` is what the destination held when that day was last verified, at `verified_at`; it is
    None where it never was.
    """

    day: str
    currency: str | None
    orders: int
    amount: float | None
    delivered: int
    delivered_amount: float | None
    verified: int | None = None
    verified_amount: float | None = None
    verified_at: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Orders of a state, or with refunds, in one currency."""

    name: str
    currency: str | None
    orders: int
    amount: float | None


@dataclass(frozen=True, slots=True)
class Filled:
    """In how many orders a column has a value; `is_personal` if it may hold customer data."""

    column: str
    orders: int
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """What the views of an account hold.

    `states` are sums by what became of the orders, `paid_back` those of refunds, `matching` orders
    that have what platforms pair them by, `lists` orders and rows of the view of each list,
    `warnings` orders by rule, `verified` a summary of the last verification.
    """

    destination: str
    environment: str
    orders: int
    days: tuple[Day, ...]
    states: tuple[Sum, ...]
    paid_back: tuple[Sum, ...]
    matching: dict[str, int]
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
            with reading(job.connection, warehouse) as reader:
                return _holding(job, _views(job, reader))

    return Results([(each.name, attempted(each, one)) for each in accounts])


def _views(job: Job, reader: Reader) -> dict[str, View]:
    """Return the views by entity; their `relation` can be read by the connection."""
    found = {
        entity.name: view_of(reader, job.contract, entity, job.destination.models)
        for entity in job.contract.entities()
    }
    views = {name: view for name, view in found.items() if view}
    return {name: replace(view, relation=reader.local(view)) for name, view in views.items()}


def _holding(job: Job, views: dict[str, View]) -> Holding:
    contract, connection, scope = job.contract, job.connection, job.scope
    view = views[contract.orders.name]
    filled = connection.execute(held_data.filled(view.relation, view.columns)).fetchall()[0]
    known = contract.orders.open_columns
    states = connection.execute(held_data.states(contract, view.relation, view.columns)).fetchall()
    listed_errors.gather_errors(connection, scope, Filter(types=("warning",)))
    rules = listed_errors.errors_by_rule(connection)
    return Holding(
        **scope.values(),
        orders=filled[0],
        days=tuple(_days(job, view)),
        states=tuple(Sum(*map(_plain, each)) for each in states),
        paid_back=tuple(_paid_back(job, views)),
        matching=_matching(job, view),
        lists=_lists(job, views),
        columns=tuple(Filled(name, n, name not in known) for name, n in filled[1].items()),
        warnings={each["rule"]: each["orders"] for each in rules},
        verified=verifications.last_verification(connection, scope),
    )


def _days(job: Job, view: View) -> Iterator[Day]:
    sql = held_data.days(job.contract, view.relation, view.columns)
    held = job.connection.execute(sql, job.scope.values()).fetchall()
    found = verifications.verified_days(job.connection, job.scope)
    verified = {(each["day"], each["currency"]): each for each in found}
    for row in held:
        day = Day(*map(_plain, row))
        there = verified.pop((day.day, day.currency), None)
        yield replace(day, **_there(there)) if there else day
    # What the destination holds and the view does not.
    for (at, currency), there in verified.items():
        yield Day(at, currency, 0, None, 0, None, **_there(there))


def _there(found: Row) -> dict[str, Any]:
    amount = None if found["amount"] is None else float(found["amount"])
    return {"verified": found["orders"], "verified_amount": amount, "verified_at": found["at"]}


def _paid_back(job: Job, views: dict[str, View]) -> list[Sum]:
    """Return the sums of refunds by currency."""
    contract = job.contract
    name, column = contract.refunded or ("", "")
    if name not in views or column not in views[name].columns:
        return []
    orders = views[contract.orders.name]
    relations = (orders.relation, views[name].relation)
    sql = held_data.paid_back(contract, column, relations, orders.columns)
    return [Sum(name, *map(_plain, row)) for row in job.connection.execute(sql).fetchall()]


def _matching(job: Job, view: View) -> dict[str, int]:
    contract = job.contract
    if not contract.matching:
        return {}
    columns = {contract.orders.name: view.columns}
    rows = job.connection.execute(held_data.matching(contract, view.relation, columns)).fetchall()
    return {each["key"]: each["value"] for (each,) in rows}


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

"""Which orders do not reach their destinations, by what the ledgers say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from connector.api.results import Results, attempted
from connector.exceptions import ChoiceError
from connector.reporting import listed_errors, reports, run_reports, standing
from connector.reporting.listed_errors import Filter
from connector.runs.workspace import Account, Options, accounts, remembered
from connector.text.names import nearest


@dataclass(frozen=True, slots=True)
class OrderError:
    """Why an order does not reach an account: `type` is invalid, refused or warning."""

    destination: str
    type: str
    order_id: str
    rule: str | None
    field: str | None
    message: str
    status: int | None
    run_id: int
    batch_id: int | None
    request_id: str | None
    at: str


class Wanted(TypedDict, total=False):
    """Filters of errors: by rule, age and order, and the most to return."""

    rule: str | None
    since: datetime | None
    order_id: str | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class RuleOfErrors:
    """How many orders have the same error; `rule` is None for what an API says of them."""

    destination: str
    type: str
    rule: str | None
    field: str | None
    message: str
    orders: int
    examples: tuple[str, ...]  # up to three ids
    last_at: str


@dataclass(frozen=True, slots=True)
class DayOfErrors:
    """The counts of a day that had runs; `invalid` as its last run found it."""

    destination: str
    day: str
    runs: int
    delivered: int
    refused: int
    invalid: int | None


def errors(
    options: Options, names: Sequence[str], wanted: Filter
) -> Results[tuple[OrderError, ...]]:
    """Return the errors of each account.

    Raises ChoiceError for a rule that no contract has, ConfigError or ContractError.
    """
    found = accounts(options, names)
    _check_rule(wanted.rule, found)

    def one(account: Account) -> tuple[OrderError, ...]:
        with remembered(account) as connection:
            rows = listed_errors.errors(connection, account.scope, wanted)
        return tuple(OrderError(account.name, **row) for row in rows)

    return Results([(each.name, attempted(each, one)) for each in found])


def rules(
    options: Options, names: Sequence[str], wanted: Filter
) -> Results[tuple[RuleOfErrors, ...]]:
    """Return the errors of each account by rule, the most frequent first; raises as `errors`."""
    found = accounts(options, names)
    _check_rule(wanted.rule, found)

    def one(account: Account) -> tuple[RuleOfErrors, ...]:
        with remembered(account) as connection:
            listed_errors.gather_errors(connection, account.scope, wanted)
            rows = listed_errors.errors_by_rule(connection)
        return tuple(_rule(account.name, row) for row in rows)

    return Results([(each.name, attempted(each, one)) for each in found])


def _rule(name: str, row: reports.Row) -> RuleOfErrors:
    return RuleOfErrors(name, **{**row, "examples": tuple(row["examples"])})


def trend(
    options: Options, names: Sequence[str], since: datetime | None
) -> Results[tuple[DayOfErrors, ...]]:
    """Return the days of each account that had runs, the newest first; raises as `errors` does."""

    def one(account: Account) -> tuple[DayOfErrors, ...]:
        with remembered(account) as connection:
            rows = reports.trend(connection, account.scope, since)
        return tuple(DayOfErrors(account.name, **row) for row in rows)

    return Results([(each.name, attempted(each, one)) for each in accounts(options, names)])


def has_run(options: Options, names: Sequence[str]) -> bool:
    """Return whether the ledger of any of the accounts knows of a run."""

    def one(account: Account) -> bool:
        with remembered(account) as connection:
            return bool(run_reports.runs(connection, account.scope, 1))

    return any(map(one, accounts(options, names)))


def refusing(options: Options, names: Sequence[str]) -> list[str]:
    """Return which of the accounts have orders that the destination refused."""

    def is_refused(account: Account) -> bool:
        with remembered(account) as connection:
            return standing.has_refused(connection, account.scope)

    return [each.name for each in accounts(options, names) if is_refused(each)]


def _check_rule(rule: str | None, found: Sequence[Account]) -> None:
    """Raise ChoiceError for a rule that no contract has, naming the nearest one."""
    if rule is None:
        return
    from connector.compile.judging import judge  # calls without a rule start sooner without it
    from connector.compile.judging.check import SIZE
    from connector.compile.reading.stage import kinds
    from connector.settings.settings import Policy

    known = {SIZE}
    for account in found:
        entities = account.contract.entities()
        columns = {entity.name: tuple(kinds(entity)) for entity in entities}
        known |= {check.rule for check in judge.compiled(account.contract, Policy(), columns)[0]}
    if rule not in known:
        hint = nearest(rule, known) or "; `connector validate` lists those that are broken"
        raise _no_rule(rule, hint)


def _no_rule(rule: str, advice: str) -> ChoiceError:
    return ChoiceError(f"there is no rule {rule!r}{advice}")

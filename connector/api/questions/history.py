"""The history of runs, by what the ledgers say."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from connector.api.results import Results, attempted
from connector.exceptions import ChoiceError
from connector.ledger.ledger import Scope
from connector.reporting import run_reports
from connector.reporting.alerts import Alert
from connector.reporting.reports import Row
from connector.runs.workspace import Account, Options, accounts, remembered


@dataclass(frozen=True, slots=True)
class Run:
    """A run as `connector runs` lists it; the counts are None where it came to no plan or end."""

    run_id: int
    destination: str
    environment: str
    command: str
    started_at: str
    finished_at: str | None  # None: it was killed
    seconds: float | None
    exit_code: int | None
    orders: int | None
    added: int | None
    changed: int | None
    in_doubt: int | None
    unchanged: int | None
    removed: int | None
    invalid: int | None
    refused_before: int | None
    outdated: int | None
    not_sent: int | None
    delivered: int | None
    taken_back: int | None
    refused: int | None
    pending: int | None
    batches: int | None
    requests: int | None
    retries: int | None
    bytes: int | None
    error: str | None
    cause: str | None
    alerts: tuple[Alert, ...] | None
    stale: Mapping[str, str] | None

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of it in `runs`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Batch:
    """What is known of a batch, as long as nothing has long replaced its deliveries."""

    batch_id: int | None
    delivered: int
    refused: int
    statuses: tuple[int, ...]
    request_ids: tuple[str, ...]
    first_at: str
    last_at: str


@dataclass(frozen=True, slots=True)
class DetailedRun:
    """A run with its batches, and how many orders were refused for which reason."""

    run: Run
    batches: tuple[Batch, ...]
    reasons: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `runs` with the number of one run."""
        batches = [asdict(each) for each in self.batches]
        return self.run.as_dict() | {"batches": batches, "reasons": dict(self.reasons)}


def runs(options: Options, names: Sequence[str], limit: int) -> Results[tuple[Run, ...]]:
    """Return the last runs of each account; raises ConfigError or ContractError."""

    def one(account: Account) -> tuple[Run, ...]:
        with remembered(account) as connection:
            return tuple(map(run_of, run_reports.runs(connection, account.scope, limit)))

    return Results([(each.name, attempted(each, one)) for each in accounts(options, names)])


def run(options: Options, name: str, run_id: int) -> DetailedRun:
    """Return a run of an account; raises ChoiceError when it has none of that number."""
    (account,) = accounts(options, [name])
    with remembered(account) as connection:
        found = _detailed(connection, account.scope, run_id)
    if found is None:
        raise ChoiceError(
            f"{name} has no run {run_id}; see `connector runs` for those that there are"
        )
    return found


def find(options: Options, names: Sequence[str], run_id: int) -> DetailedRun:
    """Return a run of any of the accounts, in whatever environment it was.

    Raises ChoiceError when none or several of them have a run of that number.
    """
    asked = accounts(options, names)
    found = []
    for path in dict.fromkeys(account.ledger for account in asked):
        account = next(account for account in asked if account.ledger == path)
        with remembered(account) as connection:
            scopes = run_reports.scopes_of(connection, run_id)
            found += [_detailed(connection, Scope(**each), run_id) for each in scopes]
    known = [each for each in found if each]
    if not known:
        raise ChoiceError(f"there is no run {run_id}; use a number that `connector runs` lists")
    if len(known) > 1:
        those = " and ".join(each.run.destination for each in known)
        raise ChoiceError(f"{those} have a run {run_id} each; name one of them (--destination)")
    return known[0]


def _detailed(
    connection: duckdb.DuckDBPyConnection, scope: Scope, run_id: int
) -> DetailedRun | None:
    every = run_reports.runs(connection, scope, run_reports.ALL)
    row = next((each for each in every if each["run_id"] == run_id), None)
    if row is None:
        return None
    batches = run_reports.batches(connection, run_id)
    reasons = run_reports.reasons(connection, run_id)
    return DetailedRun(run_of(row), tuple(Batch(**_tuples(each)) for each in batches), reasons)


def run_of(row: Row) -> Run:
    """Return a row of `run_reports.runs` as a value."""
    alerts = row["alerts"]
    told = None if alerts is None else tuple(Alert(**each) for each in alerts)
    return Run(**{**row, "alerts": told})


def _tuples(row: Row) -> Row:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in row.items()}

"""The status of destinations, from their ledgers or from the run that holds one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.api.results import Results, attempted
from connector.exceptions import LedgerHeldError
from connector.ledger.beside import progress
from connector.ledger.contents.run_log import was_restored
from connector.reporting import health, standing, verifications
from connector.reporting.alerts import Alert, of_old_ledger
from connector.reporting.reports import Row
from connector.runs.workspace import Account, Options, accounts, remembered
from connector.text.duration import written
from connector.text.words import parsed

_NO_RUNS = dict.fromkeys(
    (
        "last_run",
        "run_before",
        "last_success_at",
        "succeeded",
        "newest_at",
        "stale",
        "last_verification",
    )
)


@dataclass(frozen=True, slots=True)
class Status:
    """What was delivered to an account, how its last runs went, and its health.

    The counts are orders, and None while a run holds the ledger; `running` describes that run.
    `last_run` is a run as `connector runs` lists it, `last_verification` a summary of `verify`.
    """

    destination: str
    environment: str
    delivered: int | None
    refused: int | None
    taken_back: int | None
    invalid: int | None
    outdated: int | None  # stand at the destination in an older version
    in_doubt: int | None
    in_doubt_gone: int | None
    in_doubt_examples: Sequence[str] | None
    pending: int | None
    not_sent: int | None
    last_run: Mapping[str, Any] | None
    last_success_at: str | None
    since_success: int | None  # seconds
    cadence: float | None  # seconds
    late: bool
    last_verification: Mapping[str, Any] | None
    failing: bool
    newest_at: str | None
    stale: Mapping[str, str]
    alerts: tuple[Alert, ...]
    cadence_asked: str | None  # by the destination
    acknowledges: str | None  # what an accepted request leaves open; None: nothing
    running: Mapping[str, Any] | None
    restored: bool  # the ledger was put back from a copy, and no run has gone on since

    @property
    def ills(self) -> list[str]:
        """Return what needs attention: late, failing, stale or restored."""
        return [name for name in ("late", "failing", "stale", "restored") if getattr(self, name)]

    @property
    def word(self) -> str:
        """Return the state in a word or two: running, the worst of `ills`, well or no run yet."""
        if self.running:
            return "running"
        if self.ills:
            return "failing" if self.failing else self.ills[0]
        return "well" if self.last_run else "no run yet"

    @property
    def due_at(self) -> str | None:
        """Return when the next success is due by the cadence, in ISO-8601."""
        if not (self.last_success_at and self.cadence):
            return None
        return written(parsed(self.last_success_at) + timedelta(seconds=self.cadence))

    @property
    def left_behind(self) -> int | None:
        """Return how many orders do not stand there as they should; None while that is unknown."""
        counts = (self.refused, self.invalid, self.in_doubt, self.pending)
        return None if None in counts else sum(each or 0 for each in counts)

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `status`."""
        return asdict(self)


_UNKNOWN = dict.fromkeys(
    (
        *("delivered", "refused", "taken_back", "invalid", "outdated"),
        *("in_doubt", "in_doubt_gone", "in_doubt_examples", "pending", "not_sent"),
    )
)


def statuses(options: Options, names: Sequence[str]) -> Results[Status]:
    """Return how each account is doing; raises ConfigError or ContractError."""
    found = accounts(options, names)
    return Results([(each.name, attempted(each, _status)) for each in found])


def _status(account: Account) -> Status:
    """Return what the ledger of an account says, or the run that holds it."""
    try:
        return _remembered(account)
    except LedgerHeldError:
        facts = progress.read(account.ledger)
        if facts is None:
            raise
        return _running(account, facts)


def _remembered(account: Account) -> Status:
    with remembered(account) as connection:
        recent = verifications.recent(connection, account.scope)
        left = {name: recent[name] for name in standing.LEFT}
        counts = standing.status(connection, account.scope) | left
        is_old = was_restored(connection, account.scope)
    found = _judged(account, counts, recent, None)
    alerts = (of_old_ledger(account.name), *found.alerts)
    return replace(found, restored=True, alerts=alerts) if is_old else found


def _running(account: Account, facts: Row) -> Status:
    """Return what the run that holds the ledger says; the counts are unknown meanwhile."""
    before = {(row["destination"], row["environment"]): row for row in facts.pop("before", [])}
    scope = account.scope.values()
    recent = before.get(tuple(scope.values()), scope | _NO_RUNS)
    running = facts if scope.items() <= facts.items() else _elsewhere(facts)
    return _judged(account, _UNKNOWN, recent, running)


def _elsewhere(facts: Row) -> Row:
    """Return what is known while the run is busy with another destination."""
    return {name: facts[name] for name in ("destination", "environment", "process")}


def _judged(account: Account, counts: Row, recent: Row, running: Row | None) -> Status:
    scope = account.scope.values()
    cadence, stale_after = account.destination.cadence, account.destination.stale_after
    judged = health.judged(scope | recent, cadence, datetime.now(UTC), stale_after)
    alerts = tuple(Alert(each["kind"], each["message"]) for each in judged.pop("alerts"))
    contract = account.contract
    said: Row = {"cadence_asked": contract.cadence, "acknowledges": contract.acknowledges}
    said |= {"running": running, "restored": False}
    return Status(**scope, **counts, **judged, alerts=alerts, **said)

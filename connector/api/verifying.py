"""Compares what destinations hold with the views, and repairs what sending puts right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypedDict

from connector.api.observers import tell_verified
from connector.api.periods import between, last_days
from connector.api.periods import days as to_days
from connector.api.results import Results, attempted
from connector.api.sending import Sending
from connector.exceptions import ChoiceError
from connector.plan.choice import Choice
from connector.runs.workspace import Account, Options, configured, opened
from connector.settings.windows import Window
from connector.source.project import Warehouse
from connector.verify.file import verify_file
from connector.verify.outcome import Outcome
from connector.verify.record import record
from connector.verify.verify import verify

Report = Callable[[str, int, int], None]
Sends = Callable[[Choice], Sending]

_CALLED = {"first": "from", "last": "to"}  # in JSON; `from` is a keyword of Python


@dataclass(frozen=True, slots=True)
class Difference:
    """What is wrong with an order: missing, different, double or unexpected; or `other` sources.

    `field` is the one that differs, with its value in the view and at the destination.
    """

    kind: str
    order_id: str
    field: str | None
    here: str | None
    there: str | None
    day: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How what an account holds compares with the views; counts are orders unless named otherwise.

    `not_comparable` counts by field the orders whose rows lack it. `problems` are days that were
    cut off, `totals` orders and amounts per day and currency. `repair` is the summary of the run
    that repaired, `repairable` how many orders such a run would put right.
    """

    destination: str
    environment: str
    exit_code: int
    first: str
    last: str
    orders: int
    days: int
    days_cut_off: int
    equal: int
    not_sent: int
    too_early: int
    late: int
    cannot_tell: int
    missing: int
    unexpected: int
    different: int
    double: int
    other_sources: int
    not_compared: int
    by_hand: str | None
    requests: int
    seconds: float
    not_comparable: Mapping[str, int]
    repair: Mapping[str, Any] | None
    beyond_repair: int
    examples: Mapping[str, Sequence[str]]
    problems: Sequence[Mapping[str, Any]]
    totals: Sequence[Mapping[str, Any]]
    findings: tuple[Difference, ...]
    repairable: int = field(default=0, kw_only=True)

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `verify`."""
        found = {_CALLED.get(name, name): each for name, each in asdict(self).items()}
        del found["repairable"]
        return found | {"error": None}


class Wanted(TypedDict, total=False):
    """What is compared, and what is done about it.

    `first` and `last` are years, months or days, `days` (7d) are the last ones instead. `file` is
    an export of the destination, which is then not asked. Guards stop a `repair` unless
    `unguarded`, the limit of side effects does unless `allow_side_effects`. `report` is called with
    the account, the days that were read back, and how many days there are.
    """

    first: str | Window | None
    last: str | Window | None
    days: timedelta | str | None
    file: Path | str | None
    repair: bool
    unguarded: bool
    allow_side_effects: bool
    report: Report


def _silent(account: str, done: int, days: int) -> None:
    """Hear nothing."""


def verifying(
    options: Options,
    sends: Sends,
    *,
    first: str | Window | None = None,
    last: str | Window | None = None,
    days: timedelta | str | None = None,
    file: Path | str | None = None,
    repair: bool = False,
    unguarded: bool = False,
    allow_side_effects: bool = False,
    report: Report = _silent,
) -> "Verifying":
    """Return what verifies; raises ConfigError for a period that cannot be understood."""
    window = between(first, last) if first or last else None
    if days:
        window = last_days(to_days(days))
    repairing = Choice(repairs=True, unguarded=unguarded, allow_side_effects=allow_side_effects)
    path, choice = Path(file) if file else None, repairing if repair else None
    return Verifying(options, window, path, report, sends, choice)


@dataclass(frozen=True, slots=True)
class Verifying:
    """What is verified by one call, and how: by asking, or by the rows of a file.

    `report` is called with the account, the days that were read back and how many they are; 0 while
    the views are read. `sends` returns what sends a choice of orders, by which they are repaired.
    """

    options: Options
    window: Window | None
    file: Path | None
    report: Report
    sends: Sends
    repair: Choice | None

    def each(self, names: Sequence[str]) -> Results[Verified]:
        """Verify each account; raises ConfigError, ContractError, ProjectError or ChoiceError."""
        accounts, warehouse = configured(self.options, names)
        if self.file and len(accounts) > 1:
            raise ChoiceError("the file is the export of one destination; name that destination")
        results = Results(
            [
                (each.name, attempted(each, lambda one: self._one(one, warehouse), _facts))
                for each in accounts
            ]
        )
        found = [each.as_dict() for each in results.found]
        tell_verified(accounts[0].config, found)
        return results

    def _one(self, account: Account, warehouse: Warehouse) -> Verified:
        """Verify one account, record that in its ledger, and repair it if asked to."""
        outcome = self._outcome(account, warehouse)
        record(account, outcome)
        if self.repair and outcome.repairable:
            ids, records = tuple(outcome.repairable), tuple(outcome.records)
            wanted = replace(self.repair, order_ids=ids, records=records)
            summary = self.sends(wanted).each([account.name])[account.name]
            outcome = outcome.repaired(summary.as_dict())
        return _typed(outcome)

    def _outcome(self, account: Account, warehouse: Warehouse) -> Outcome:
        with opened(account, warehouse, read_only=True) as workspace:
            if self.file:
                return verify_file(workspace.job, self.window, self.file)
            self.report(account.name, 0, 0)
            return verify(
                workspace.job,
                workspace.ledger,
                self.window,
                lambda done, days: self.report(account.name, done, days),
            )


def _facts(_: object, error: Any) -> Mapping[str, Any]:
    return error.facts or {}


def _typed(outcome: Outcome) -> Verified:
    of_json = {name: each for each, name in _CALLED.items()}
    summary = {of_json.get(name, name): value for name, value in outcome.summary.items()}
    findings = tuple(Difference(**each) for each in outcome.findings)
    return Verified(**summary, findings=findings, repairable=len(outcome.repairable))

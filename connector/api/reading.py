"""What a project says without sending anything."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, Unpack, overload

from connector.api.results import Results
from connector.runs.workspace import Options, accounts

if TYPE_CHECKING:  # what a program does not call it does not wait for
    from connector.api.chosen import Chosen
    from connector.api.questions.differences import Differences
    from connector.api.questions.errors import DayOfErrors, OrderError, RuleOfErrors, Wanted
    from connector.api.questions.history import DetailedRun, Run
    from connector.api.questions.holding import Holding
    from connector.api.questions.judging import Validation
    from connector.api.questions.planning import Order
    from connector.api.questions.rows import Rows
    from connector.api.questions.status import Status
    from connector.runs.summary import Summary
    from connector.source.dbt.build_warnings import BuildWarning

Result = TypeVar("Result")
Names = list[str] | tuple[str, ...]
ERRORS = ("invalid", "refused")


class Reading:
    """The methods of a project that send nothing and change nothing."""

    def __init__(self, options: Options) -> None:
        self._options = options

    @property
    def options(self) -> Options:
        """Return how the project was opened."""
        return self._options

    def accounts(self) -> tuple[str, ...]:
        """Return the names of the configured accounts; raises ConfigError or ContractError."""
        return tuple(each.name for each in accounts(self._options, ()))

    @overload
    def plan(self, names: str, **chosen: "Unpack[Chosen]") -> "Summary": ...
    @overload
    def plan(self, names: Names = (), **chosen: "Unpack[Chosen]") -> "Results[Summary]": ...
    def plan(
        self, names: str | Names = (), **chosen: "Unpack[Chosen]"
    ) -> "Summary | Results[Summary]":
        """Return what `sync` would send: counts, the first ids of each kind, requests, bytes."""
        from connector.api.chosen import choice
        from connector.api.questions.planning import planned

        wanted = choice(chosen)
        return one_or_all(names, lambda several: planned(self._options, several, wanted))

    def differences(self, names: Names = (), **chosen: "Unpack[Chosen]") -> "Results[Differences]":
        """Return the plan of each account, and what it changes in what was sent last.

        `limit` is also that of the orders that are compared field by field, else ten.
        """
        from connector.api.chosen import choice
        from connector.api.questions.differences import differences

        return differences(self._options, names, choice(chosen))

    @overload
    def status(self, names: str) -> "Status": ...
    @overload
    def status(self, names: Names = ()) -> "Results[Status]": ...
    def status(self, names: str | Names = ()) -> "Status | Results[Status]":
        """Return what was delivered, how the last runs went, and whether all is well."""
        from connector.api.questions.status import statuses

        return one_or_all(names, lambda several: statuses(self._options, several))

    @overload
    def errors(
        self, names: str, *, types: Sequence[str] = ERRORS, **wanted: "Unpack[Wanted]"
    ) -> "tuple[OrderError, ...]": ...
    @overload
    def errors(
        self, names: Names = (), *, types: Sequence[str] = ERRORS, **wanted: "Unpack[Wanted]"
    ) -> "Results[tuple[OrderError, ...]]": ...
    def errors(
        self, names: str | Names = (), *, types: Sequence[str] = ERRORS, **wanted: "Unpack[Wanted]"
    ) -> "tuple[OrderError, ...] | Results[tuple[OrderError, ...]]":
        """Return the orders that do not reach an account, each with the reason.

        `types` are invalid, refused and warning. Raises ChoiceError for a rule that nobody has.
        """
        from connector.api.questions.errors import errors
        from connector.reporting.listed_errors import Filter

        found = Filter(types=tuple(types), **wanted)
        return one_or_all(names, lambda several: errors(self._options, several, found))

    def error_rules(
        self,
        names: Names = (),
        *,
        types: Sequence[str] = ERRORS,
        rule: str | None = None,
        since: datetime | None = None,
    ) -> "Results[tuple[RuleOfErrors, ...]]":
        """Return how many orders have which error, with three ids each, the most frequent first."""
        from connector.api.questions.errors import rules
        from connector.reporting.listed_errors import Filter

        return rules(self._options, names, Filter(types=tuple(types), rule=rule, since=since))

    def trend(
        self, names: Names = (), since: datetime | None = None
    ) -> "Results[tuple[DayOfErrors, ...]]":
        """Return the counts of errors of each day that had runs, the newest first."""
        from connector.api.questions.errors import trend

        return trend(self._options, names, since)

    @overload
    def runs(self, names: str, limit: int = 20) -> "tuple[Run, ...]": ...
    @overload
    def runs(self, names: Names = (), limit: int = 20) -> "Results[tuple[Run, ...]]": ...
    def runs(
        self, names: str | Names = (), limit: int = 20
    ) -> "tuple[Run, ...] | Results[tuple[Run, ...]]":
        """Return the last runs of each account, the newest first."""
        from connector.api.questions.history import runs

        return one_or_all(names, lambda several: runs(self._options, several, limit))

    def run(self, name: str, run_id: int) -> "DetailedRun":
        """Return one run of an account with its batches; raises ChoiceError for one it lacks."""
        from connector.api.questions.history import run

        return run(self._options, name, run_id)

    def find_run(self, run_id: int, names: Names = ()) -> "DetailedRun":
        """Return the run of that number, of whichever account has it.

        Raises ChoiceError when none or several of them have one.
        """
        from connector.api.questions.history import find

        return find(self._options, names, run_id)

    def has_run(self, names: Names = ()) -> bool:
        """Return whether any of the accounts had a run yet."""
        from connector.api.questions.errors import has_run

        return has_run(self._options, names)

    @overload
    def order(self, order_id: str, names: str) -> "Order": ...
    @overload
    def order(self, order_id: str, names: Names = ()) -> "Results[Order]": ...
    def order(self, order_id: str, names: str | Names = ()) -> "Order | Results[Order]":
        """Return one order: the payload as it would be sent, its violations, its history."""
        from connector.api.questions.planning import orders

        return one_or_all(names, lambda several: orders(self._options, several, order_id))

    def holding(self, names: Names = ()) -> "Results[Holding]":
        """Return what the views of each account hold a day, and how much of it is delivered."""
        from connector.api.questions.holding import holdings

        return holdings(self._options, names)

    def rows(self, order_id: str, names: Names = ()) -> "Results[Rows]":
        """Return the rows that the views of each account have of one order, by entity."""
        from connector.api.questions.rows import rows

        return rows(self._options, names, order_id)

    @overload
    def validate(self, names: str, *, listed: bool = True) -> "Validation": ...
    @overload
    def validate(self, names: Names = (), *, listed: bool = True) -> "Results[Validation]": ...
    def validate(
        self, names: str | Names = (), *, listed: bool = True
    ) -> "Validation | Results[Validation]":
        """Judge all orders of the views; without `listed` violations are counted by rule only."""
        from connector.api.questions.judging import validations

        return one_or_all(names, lambda several: validations(self._options, several, listed=listed))

    def build_warnings(self) -> "list[BuildWarning]":
        """Return what the tests of the last dbt build warned of."""
        from connector.api.questions.judging import warnings

        return warnings(self._options)


def one_or_all(
    names: str | Names, work: Callable[[Sequence[str]], Results[Result]]
) -> Result | Results[Result]:
    """Return the result of the one account that is named, or those of several."""
    return work([names])[names] if isinstance(names, str) else work(names)

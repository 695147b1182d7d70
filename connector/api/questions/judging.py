"""All orders of the views, judged by the contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.api.questions.planning import Violation
from connector.api.results import Results, attempted
from connector.plan.plan import Planner
from connector.reporting import reports
from connector.runs.job import Job
from connector.runs.workspace import Account, Options, configured, opened
from connector.source.dbt.build_warnings import BuildWarning, build_warnings
from connector.source.integrity import check_positions


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that orders break: how many, what that costs, and up to three of their ids."""

    rule: str
    severity: str
    cost: str
    owner: str
    orders: int
    message: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """How the orders of an account were judged; `violations` only when they were asked for."""

    destination: str
    environment: str
    orders: int
    invalid: int
    warned: int
    rules: tuple[BrokenRule, ...]
    violations: tuple[Violation, ...]
    casts: tuple[str, ...] = ()  # columns that are cast without loss, in words

    @property
    def exit_code(self) -> int:
        """Return 1 when any order is invalid."""
        return int(bool(self.invalid))


def validations(options: Options, names: Sequence[str], *, listed: bool) -> Results[Validation]:
    """Judge the orders of each account, and list each violation if that is asked for.

    Raises ConfigError, ContractError or ProjectError.
    """
    accounts, warehouse = configured(options, names)

    def one(account: Account) -> Validation:
        with opened(account, warehouse, read_only=True) as workspace:
            return _judged(workspace.job, listed=listed)

    return Results([(each.name, attempted(each, one)) for each in accounts])


def _judged(job: Job, *, listed: bool) -> Validation:
    planner = Planner(job.connection, job.contract, job.destination)
    orders = planner.stage(job.warehouse)
    check_positions(job.connection, job.contract, job.destination.models)
    planner.judge()
    invalid, warned = reports.judged(job.connection)
    rules = [
        {**each, "examples": tuple(each["examples"])} for each in reports.by_rule(job.connection)
    ]
    violations = reports.violations(job.connection) if listed else []
    return Validation(
        **job.scope.values(),
        orders=orders,
        invalid=invalid,
        warned=warned,
        rules=tuple(BrokenRule(**{**each, "examples": tuple(each["examples"])}) for each in rules),
        violations=tuple(Violation(**each) for each in violations),
        casts=tuple(planner.announced),
    )


def warnings(options: Options) -> list[BuildWarning]:
    """Return what the tests of the last dbt build warned of."""
    _, warehouse = configured(options, ())
    return build_warnings(warehouse, options.project_dir)

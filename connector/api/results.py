"""The results of a call over several accounts: one per account, or the error instead of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from connector.exceptions import ConnectorError, CrashError

if TYPE_CHECKING:
    from connector.ledger.ledger import Scope
    from connector.runs.workspace import Account

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Failure:
    """An account without a result; `known` are the facts that are known nevertheless."""

    destination: str
    environment: str
    exception: ConnectorError
    known: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of it."""
        error = self.exception
        told = {"exit_code": error.exit_code, "error": str(error), "cause": error.told}
        faults = getattr(error, "faults", ())
        if faults:
            told["faults"] = [row(each) for each in faults]
        return {
            **self.known,
            "destination": self.destination,
            "environment": self.environment,
            **told,
        }


class Results(Mapping[str, Result], Generic[Result]):
    """Results by the name of the account, in order.

    An error of one account does not affect the others: asking for the result of an account without
    one raises its ConnectorError, and `failures` holds the accounts without a result.
    """

    def __init__(self, found: Sequence[tuple[str, Result | Failure]]) -> None:
        self.all = tuple(found)
        self._by_name = dict(found)

    def __getitem__(self, name: str) -> Result:
        found = self._by_name[name]
        if isinstance(found, Failure):
            raise found.exception
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    @property
    def failures(self) -> dict[str, Failure]:
        """Return the accounts that have no result, by name."""
        return {name: each for name, each in self._by_name.items() if isinstance(each, Failure)}

    @property
    def found(self) -> list[Result]:
        """Return the results of the accounts that have one."""
        return [each for _, each in self.all if not isinstance(each, Failure)]

    def worst(self, otherwise: int = 0) -> int:
        """Return the highest exit code of the failures, at least `otherwise`."""
        failures = (each for _, each in self.all if isinstance(each, Failure))
        return max(otherwise, *(each.exception.exit_code for each in failures), 0)


def attempted(
    account: "Account",
    work: "Callable[[Account], Result]",
    known: "Callable[[Scope, ConnectorError], Mapping[str, Any]]" = lambda *_: {},
) -> Result | Failure:
    """Return what the work for one account returns, or the error that ended it, bugs included.

    Raises KeyboardInterrupt also for the error that DuckDB makes of it.
    """
    try:
        return work(account)
    except ConnectorError as error:
        ended = error
    except Exception as error:
        if type(error).__name__ == "InterruptException" or str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from error
        ended = CrashError.of(error)
    scope = account.scope
    return Failure(scope.destination, scope.environment, ended, known(scope, ended))


_INTERRUPTED = "Query interrupted"  # DuckDB's message for a query that Ctrl-C ended


def row(result: Any) -> dict[str, Any]:
    """Return a flat result as a dictionary, its fields in order."""
    return {each.name: getattr(result, each.name) for each in fields(result)}

"""One account after the other: what ends one is told, and the others get their turn."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from connector.cli.interruption import ctrl_c
from connector.cli.terminal import tell_error
from connector.exceptions import ConnectorError, CrashError
from connector.ledger.ledger import Scope

Place = TypeVar("Place")
Result = TypeVar("Result")


def each(
    places: Iterable[Place], work: Callable[[Place], Result]
) -> Iterator[tuple[Place, Result | ConnectorError]]:
    """Yield each place with what the work for it returns, or with the error that ended it.

    Such an error is told; what a signal raises is raised.
    """
    for place in places:
        found = attempted(partial(work, place))
        if isinstance(found, ConnectorError):
            tell_error(found)
        yield place, found


def attempted(work: Callable[[], Result]) -> Result | ConnectorError:
    """Return what the work for one account returns, or what ended it, be it a bug of ours.

    Raises what Ctrl-C has ended.
    """
    try:
        return work()
    except ConnectorError as error:
        return error
    except Exception as error:
        if ctrl_c.came:
            raise
        return CrashError.of(error)


def failure(scope: Scope, error: ConnectorError) -> dict[str, Any]:
    """Return the JSON of a destination about which nothing else is known."""
    told = {"exit_code": error.exit_code, "error": str(error), "cause": error.told}
    return scope.values() | told


def listed(
    found: Iterable[tuple[Scope, Sequence[dict[str, Any]] | ConnectorError]], output: str
) -> list[dict[str, Any]]:
    """Return the rows of all destinations; in JSON an error is a row, too."""
    rows: list[dict[str, Any]] = []
    for scope, result in found:
        if not isinstance(result, ConnectorError):
            rows += result
        elif output == "json":
            rows.append(failure(scope, result))
    return rows


def worst(found: Iterable[object], otherwise: int = 0) -> int:
    """Return the highest exit code of the errors among results, and no less than `otherwise`."""
    codes = (error.exit_code for error in found if isinstance(error, ConnectorError))
    return max(otherwise, *codes, 0)

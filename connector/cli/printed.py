"""Prints the results of several accounts, and returns the exit code."""

from typing import TYPE_CHECKING, Any

from connector.api.results import Failure, Results, row
from connector.cli import shared
from connector.cli.output.terminal import tell_error

if TYPE_CHECKING:  # commands that send nothing start sooner without it
    from connector import Summary
    from connector.api.questions.differences import Differences


def tell_failures(results: Results[Any]) -> None:
    """Say what kept accounts from having a result."""
    for _, found in results.all:
        if isinstance(found, Failure):
            tell_error(found.exception)


def listed(results: Results[Any], output: str) -> list[dict[str, Any]]:
    """Return the rows of all accounts as dictionaries; in JSON a failure is a row, too."""
    rows: list[dict[str, Any]] = []
    for _, found in results.all:
        if not isinstance(found, Failure):
            rows += (each.as_dict() if hasattr(each, "as_dict") else row(each) for each in found)
        elif output == "json":
            rows.append(found.as_dict())
    return rows


def ended(results: "Results[Summary] | Results[Differences]", output: str) -> int:
    """Print the results of a run in JSON, and return the worst exit code.

    What came of each account was told when its run had ended.
    """
    if output == "json":
        shared.print_json([found.as_dict() for _, found in results.all])
    return results.worst(max((found.exit_code for found in results.found), default=0))

"""`connector status`: what was delivered, how the last runs went, and its health."""

from collections.abc import Sequence

import click

from connector.api.questions.status import Status
from connector.cli import printed, shared
from connector.cli.output.status_details import print_details
from connector.cli.output.terminal import print_rows, say
from connector.text import words

COLUMNS = ("account", "state", "last success", "due", "delivered", "left behind")


@click.command("status")
@shared.destinations
@shared.environment
@click.option("--details", is_flag=True, help="All that is known, as for an account by its name.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    details: bool,
    output: str,
) -> int:
    """Say how each account is doing, on a line each; of a named one all that is known.

    Left behind are orders that are invalid, refused, in doubt or pending. Ends with 1 when a
    destination is late by its cadence, its last run failed, its views get nothing new any more, or
    its ledger was put back from a copy, so that it serves as a health check. Tells how far a run is
    while one holds the ledger.

    \b
    Examples:
      connector status
      connector status northbeam
      connector status --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    results = shared.project(context, environment).status(destinations)
    printed.tell_failures(results)
    found = results.found
    if output == "json":
        shared.print_json([each.as_dict() for _, each in results.all])
    elif details or destinations:
        for status in found:
            print_details(status.as_dict())
    elif found:
        _print(found)
    return results.worst(int(any(status.ills for status in found)))


def _print(found: Sequence[Status]) -> None:
    environments = {_environment(each) for each in found}
    if len(environments) == 1:
        say(f"environment {environments.pop()}")
        print_rows(COLUMNS, [_row(each) for each in found])
    else:
        rows = [(*_row(each), _environment(each)) for each in found]
        print_rows((*COLUMNS, "environment"), rows)
    for each in found:
        for alert in each.alerts if each.ills else ():
            say(f"{each.destination}: {alert.kind.replace('_', ' ')}: {alert.message}")
    say("`connector status NAME` tells all that is known of an account")


def _environment(status: Status) -> str:
    """Return the environment without the host and path of a URL of one's own."""
    return status.environment.partition("@")[0]


def _row(status: Status) -> Sequence[str]:
    return (
        *(status.destination, status.word, words.ago(status.last_success_at)),
        words.due(status.due_at),
        words.number(status.delivered),
        words.number(status.left_behind),
    )

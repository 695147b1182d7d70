"""`connector errors`: the orders that do not reach a destination."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from connector import reports
from connector.cli import shared
from connector.cli.terminal import say
from connector.workspace import remembered

COLUMNS = (
    *("destination", "type", "order_id", "rule", "field", "message", "status"),
    *("run_id", "batch_id", "request_id", "at"),
)
TREND = ("destination", "day", "runs", "delivered", "refused", "invalid")
TYPES = ("invalid", "refused", "warning")


@click.command("errors")
@shared.destinations
@shared.environment
@click.option("--rule", help="Only this rule of the contract, such as currency.enum.")
@click.option(
    "--type", "types", type=click.Choice(TYPES), multiple=True, help="Only this type of error."
)
@shared.since
@click.option("--order-id", help="Only this order.")
@click.option("--warnings", is_flag=True, help="Also orders that were sent with a warning.")
@click.option("--trend", is_flag=True, help="Counts a day instead, by the runs of that day.")
@shared.as_table
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    rule: str | None,
    types: tuple[str, ...],
    since: datetime | None,
    order_id: str | None,
    warnings: bool,
    trend: bool,
    output: str,
) -> int:
    """List the orders that do not reach a destination, each with the reason.

    These are the orders that the last run found invalid, and those that the destination refused.

    \b
    Examples:
      connector errors northbeam --output csv > errors.csv
      connector errors northbeam --type refused --since 2d
      connector errors northbeam --trend
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if trend and (rule or types or order_id or warnings):
        raise click.UsageError("--trend counts all errors; only --since goes with it")
    chosen = types or (TYPES if warnings else TYPES[:2])
    wanted = reports.Filter(rule, chosen, since, order_id)
    with remembered(shared.options(context, environment)) as memory:
        found = [
            {"destination": scope.destination, **row}
            for scope in memory.scopes(destinations)
            for row in (
                reports.trend(memory.connection, scope, since)
                if trend
                else reports.errors(memory.connection, scope, wanted)
            )
        ]
    is_part = bool(rule or types or since or order_id)
    _print(found, TREND if trend else COLUMNS, output, is_part=is_part)
    return 0


def _print(
    found: list[dict[str, Any]], columns: Sequence[str], output: str, *, is_part: bool
) -> None:
    if output == "json":
        shared.print_json(found)
    elif output == "csv" or found:
        shared.print_table(found, columns, output)
    elif columns is TREND:
        say("no run yet")
    else:
        say("no error is like this" if is_part else "no order is invalid or refused")

"""`connector errors`: the orders that do not reach a destination."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import click

from connector import Connector, OrderError, Results
from connector.cli import printed, shared
from connector.cli.output.error_rules import MANY, print_rules
from connector.cli.output.terminal import paged, say
from connector.exceptions import ChoiceError
from connector.text import words

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
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Each order, however many there are; on a terminal through a pager.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Most errors to list per destination.")
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
    every: bool,
    limit: int | None,
    trend: bool,
    output: str,
) -> int:
    """List the orders that do not reach a destination, each with the reason.

    These are the orders that the last run found invalid, and those that the destination refused.
    More than 20 of them are told by rule, with counts and three ids each, unless --all asks for
    each or they are chosen by --order-id or --limit.

    \b
    Examples:
      connector errors northbeam --output csv > errors.csv
      connector errors northbeam --type refused --since 2d
      connector errors northbeam --trend
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if trend and (rule or types or order_id or warnings):
        raise click.UsageError("--trend counts all errors; only --since goes with it")
    chosen = types or (TYPES if warnings else TYPES[:2])
    wanted = {"rule": rule, "types": chosen, "since": since, "order_id": order_id, "limit": limit}
    project = shared.project(context, environment)
    results = (
        project.trend(destinations, since) if trend else _errors(project, destinations, wanted)
    )
    printed.tell_failures(results)
    listing, code = printed.listed(results, output), results.worst()
    if len(listing) > MANY and not (every or trend or order_id or limit or output != "text"):
        return _by_rule(project, destinations, types=chosen, rule=rule, since=since)
    is_part = rule or types or since or order_id
    nothing = "" if code or listing else _nothing(project, destinations, is_part=bool(is_part))
    _print(listing, TREND if trend else COLUMNS, output, nothing, is_long=every)
    return code


def _errors(
    project: Connector, destinations: tuple[str, ...], wanted: dict[str, Any]
) -> Results[tuple[OrderError, ...]]:
    """Return the errors of each account; raises UsageError for a rule that is not there."""
    try:
        return project.errors(destinations, **wanted)
    except ChoiceError as error:
        raise click.UsageError(str(error)) from None


def _by_rule(project: Connector, destinations: tuple[str, ...], **wanted: Any) -> int:
    """Print how many orders have which error, and return the exit code."""
    results = project.error_rules(destinations, **wanted)
    print_rules(results)
    return results.worst()


def _nothing(project: Connector, destinations: tuple[str, ...], *, is_part: bool) -> str:
    """Return the text for an empty result."""
    if not project.has_run(destinations):
        return "no run yet; `connector validate` judges the orders of the views"
    return "no errors match these filters" if is_part else "no order is invalid or refused"


def _print(
    found: list[dict[str, Any]],
    columns: Sequence[str],
    output: str,
    nothing: str,
    *,
    is_long: bool,
) -> None:
    if output == "json":
        shared.print_json(found)
    elif output == "csv":
        shared.print_table(found, columns, output)
    elif found:
        is_dated = "at" in columns
        rows = [{**row, "at": words.moment(row["at"])} for row in found] if is_dated else found
        with paged() if is_long else nullcontext():
            shared.print_table(rows, columns, output)
    elif nothing:
        say(nothing)

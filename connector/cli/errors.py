"""`connector errors`: the orders that do not reach a destination."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import click

from connector.cli import shared
from connector.cli.each import each, listed, worst
from connector.cli.terminal import say
from connector.compile import judge
from connector.compile.check import SIZE
from connector.compile.stage import kinds
from connector.contract.contract import Contract
from connector.ledger.ledger import Scope
from connector.reporting import reports
from connector.runs.workspace import Memory, remembered
from connector.settings.settings import Policy
from connector.text.names import nearest

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
@click.option("--limit", type=click.IntRange(min=1), help="At most so many of a destination.")
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
    limit: int | None,
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
    wanted = reports.Filter(rule, chosen, since, order_id, limit)
    with remembered(shared.options(context, environment)) as memory:
        scopes = memory.scopes(destinations)
        _check_rule(rule, [memory.contracts[scope.destination] for scope in scopes])
        ended = list(each(scopes, lambda scope: list(_rows(memory, scope, wanted, trend=trend))))
        code = worst(rows for _, rows in ended)
        nothing = (
            ""
            if code
            else _nothing(memory, scopes, is_part=bool(rule or types or since or order_id))
        )
    _print(listed(ended, output), TREND if trend else COLUMNS, output, nothing)
    return code


def _rows(
    memory: Memory, scope: Scope, wanted: reports.Filter, *, trend: bool
) -> Iterator[dict[str, Any]]:
    """Yield what is asked for of one destination."""
    connection = memory.connection
    found = (
        reports.trend(connection, scope, wanted.since)
        if trend
        else reports.errors(connection, scope, wanted)
    )
    for row in found:
        yield {"destination": scope.destination, **row}


def _nothing(memory: Memory, scopes: Sequence[Scope], *, is_part: bool) -> str:
    """Return what is said when nothing is found."""
    if not any(reports.runs(memory.connection, scope, 1) for scope in scopes):
        return "no run yet; `connector validate` judges the orders of the views"
    return "no errors match these filters" if is_part else "no order is invalid or refused"


def _check_rule(rule: str | None, contracts: Sequence[Contract]) -> None:
    """Raise UsageError for a rule that no contract has, naming the nearest one."""
    if rule is None:
        return
    known = {SIZE}
    for contract in contracts:
        columns = {entity.name: tuple(kinds(entity)) for entity in contract.entities()}
        known |= {check.rule for check in judge.compiled(contract, Policy(), columns)[0]}
    if rule not in known:
        hint = nearest(rule, known) or "; `connector validate` lists those that are broken"
        raise click.UsageError(f"there is no rule {rule!r}{hint}")


def _print(found: list[dict[str, Any]], columns: Sequence[str], output: str, nothing: str) -> None:
    if output == "json":
        shared.print_json(found)
    elif output == "csv" or found:
        shared.print_table(found, columns, output)
    elif nothing:
        say(nothing)

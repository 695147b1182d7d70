"""`connector errors`: the orders that do not reach a destination."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import click

from connector.cli import shared
from connector.cli.each import each, listed, worst
from connector.cli.terminal import say
from connector.compile import judge
from connector.compile.check import SIZE
from connector.compile.stage import kinds
from connector.contract.contract import Contract
from connector.reporting import reports
from connector.runs.workspace import Account, accounts, remembered
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
    found = accounts(shared.options(context, environment), destinations)
    _check_rule(rule, [account.contract for account in found])
    rows = each(found, partial(_rows, wanted=wanted, trend=trend))
    ended = [(account.scope, told) for account, told in rows]
    code = worst(told for _, told in ended)
    listing = listed(ended, output)
    is_part = bool(rule or types or since or order_id)
    nothing = "" if code or listing else _nothing(found, is_part=is_part)
    _print(listing, TREND if trend else COLUMNS, output, nothing)
    return code


def _rows(account: Account, wanted: reports.Filter, *, trend: bool) -> list[dict[str, Any]]:
    """Return what is asked for of one account."""
    with remembered(account) as connection:
        told = (
            reports.trend(connection, account.scope, wanted.since)
            if trend
            else reports.errors(connection, account.scope, wanted)
        )
    return [{"destination": account.name, **row} for row in told]


def _nothing(found: Sequence[Account], *, is_part: bool) -> str:
    """Return what is said when nothing is found."""
    if not any(map(_has_run, found)):
        return "no run yet; `connector validate` judges the orders of the views"
    return "no errors match these filters" if is_part else "no order is invalid or refused"


def _has_run(account: Account) -> bool:
    with remembered(account) as connection:
        return bool(reports.runs(connection, account.scope, 1))


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

"""`connector verify`: compare what a destination holds with the views."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from connector.cli import shared
from connector.cli.each import each, failure, worst
from connector.cli.verified import COLUMNS, Days, print_outcome, progress
from connector.errors import ConnectorError
from connector.runs.workspace import Account, configured, opened
from connector.settings.windows import ALWAYS, Window
from connector.source.project import Warehouse
from connector.verify.outcome import Outcome
from connector.verify.verify import verify


@click.command("verify")
@shared.destinations
@shared.environment
@click.option(
    "--from", "start", type=shared.Period(), help="First year, month or day; else the oldest."
)
@click.option("--to", "end", type=shared.Period(), help="Last year, month or day; else the newest.")
@click.option("--last", type=Days(), help="The days since so long ago instead, such as 7d.")
@shared.as_table
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    start: Window | None,
    end: Window | None,
    last: timedelta | None,
    output: str,
) -> int:
    """Read back what a destination holds, day by day, and compare it with the views.

    Ends with 0 when all that can be compared is equal, with 1 when orders are missing, different,
    double or unexpected, and with 7 when nobody can tell. Stopped at any moment, it goes on where
    it was when it is started again within a day.

    \b
    Examples:
      connector verify northbeam --last 7d
      connector verify northbeam --from 2026-01 --output csv
    """  # noqa: D301 - click reads these as characters, not as backslashes
    wanted = _window(start, end, last)
    options = shared.options(context, environment)
    chosen, warehouse = configured(options, destinations)
    found = list(each(chosen, lambda account: _verified(context, account, warehouse, wanted)))
    _print(found, output)
    return worst(
        (one for _, one in found),
        max((one.exit_code for _, one in found if isinstance(one, Outcome)), default=0),
    )


def _window(start: Window | None, end: Window | None, last: timedelta | None) -> Window | None:
    if last and (start or end):
        raise click.UsageError("--last stands for --from and --to; give it alone")
    if last:
        now = datetime.now(UTC)
        day = timedelta(days=1)
        first = (now - last).replace(hour=0, minute=0, second=0, microsecond=0)
        return Window(first, now.replace(hour=0, minute=0, second=0, microsecond=0) + day)
    return shared.between(start or ALWAYS, end or ALWAYS) if start or end else None


def _verified(
    context: click.Context, account: Account, warehouse: Warehouse, window: Window | None
) -> Outcome:
    with (
        opened(account, warehouse, read_only=True) as workspace,
        progress(account.name, quiet=context.obj["quiet"]) as report,
    ):
        return verify(workspace.job, workspace.ledger, window, report)


def _print(found: Sequence[tuple[Account, Outcome | ConnectorError]], output: str) -> None:
    if output == "csv":
        rows = [
            {"destination": account.name, **row}
            for account, one in found
            if isinstance(one, Outcome)
            for row in one.findings
        ]
        shared.print_table(rows, COLUMNS, output)
    elif output == "json":
        shared.print_json([_as_dict(account, one) for account, one in found])
    else:
        for _, one in found:
            if isinstance(one, Outcome):
                print_outcome(one)


def _as_dict(account: Account, one: Outcome | ConnectorError) -> dict[str, Any]:
    if isinstance(one, Outcome):
        return {**one.summary, "findings": list(one.findings), "error": None}
    return failure(account.scope, one)

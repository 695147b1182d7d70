"""`connector verify`: compare what a destination holds with the views."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from connector import Connector
from connector.api.observers import tell_verified
from connector.cli import periods, shared
from connector.cli.each import each, failure, worst
from connector.cli.running import Terminal, told
from connector.cli.verified import COLUMNS, Days, print_outcome, progress
from connector.exceptions import ConnectorError
from connector.plan.choice import Choice
from connector.runs.workspace import Account, Options, configured, opened
from connector.settings.windows import ALWAYS, Window
from connector.source.project import Warehouse
from connector.verify.file import verify_file
from connector.verify.outcome import Outcome
from connector.verify.record import record
from connector.verify.verify import verify


@click.command("verify")
@shared.destinations
@shared.environment
@periods.first
@periods.last
@click.option("--last", type=Days(), help="The days since so long ago instead, such as 7d.")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with an export of the destination instead: CSV, Parquet or JSON.",
)
@click.option(
    "--repair",
    is_flag=True,
    help="Send what is missing or different, and leave one of what is double.",
)
@click.option("--yes", is_flag=True, help="Repair even if that is far more than usual.")
@shared.allow_side_effects
@shared.as_table
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    start: Window | None,
    end: Window | None,
    last: timedelta | None,
    path: Path | None,
    repair: bool,
    yes: bool,
    allow_side_effects: bool,
    output: str,
) -> int:
    """Read back what a destination holds, day by day, and compare it with the views.

    Ends with 0 when all that can be compared is equal, with 1 when orders are missing, different,
    double or unexpected, and with 7 when nobody can tell; --repair does not change that. Stopped at
    any moment, it goes on where it was when it is started again within a day.

    \b
    Examples:
      connector verify northbeam --last 7d
      connector verify northbeam --from 2026-01 --repair
      connector verify yespo --file orders.csv
    """  # noqa: D301 - click reads these as characters, not as backslashes
    options = shared.options(context, environment)
    chosen, warehouse = configured(options, destinations)
    if path and len(chosen) > 1:
        raise click.UsageError("--file is the export of one destination; name that")
    choice = Choice(repairs=True, unguarded=yes, allow_side_effects=allow_side_effects)
    work = _Work(options, warehouse, _window(start, end, last), path, quiet=context.obj["quiet"])
    work.repair = choice if repair else None
    found = list(each(chosen, work.verified))
    _print(found, output)
    outcomes = [one for _, one in found if isinstance(one, Outcome)]
    tell_verified(chosen[0].config, [one.summary for one in outcomes])
    codes = [one.exit_code for one in outcomes]
    return worst((one for _, one in found), max(codes, default=0))


def _window(start: Window | None, end: Window | None, last: timedelta | None) -> Window | None:
    if last and (start or end):
        raise click.UsageError("--last stands for --from and --to; give it alone")
    if last:
        now, day = datetime.now(UTC), timedelta(days=1)
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        first = (now - last).replace(hour=0, minute=0, second=0, microsecond=0)
        return Window(first, today + day)
    return periods.between(start or ALWAYS, end or ALWAYS) if start or end else None


class _Work:
    """Verifies one account after the other, each on a connection of its own."""

    repair: Choice | None = None

    def __init__(
        self,
        options: Options,
        warehouse: Warehouse,
        window: Window | None,
        path: Path | None,
        *,
        quiet: bool,
    ) -> None:
        self._options, self._warehouse, self._quiet = options, warehouse, quiet
        self._window, self._path = window, path

    def verified(self, account: Account) -> Outcome:
        """Return what came of an account, which its ledger remembers, and repair it if asked."""
        with (
            opened(account, self._warehouse, read_only=True) as workspace,
            progress(account.name, quiet=self._quiet) as report,
        ):
            if self._path:
                outcome = verify_file(workspace.job, self._window, self._path)
            else:
                outcome = verify(workspace.job, workspace.ledger, self._window, report)
        record(account, outcome)
        return self._repaired(account, outcome, self.repair) if self.repair else outcome

    def _repaired(self, account: Account, outcome: Outcome, choice: Choice) -> Outcome:
        """Send the orders that sending puts right, as any run sends orders."""
        if not outcome.repairable:
            return outcome
        ids, records = tuple(outcome.repairable), tuple(outcome.records)
        wanted = replace(choice, order_ids=ids, records=records)
        terminal = Terminal(quiet=self._quiet, output=None)
        terminal.project = Connector(self._options, [terminal, *told(None)])
        results = terminal.project.sending(wanted, "verify").each([account.name])
        return outcome.repaired(results[account.name].as_dict())


def _print(found: Sequence[tuple[Account, Outcome | ConnectorError]], output: str) -> None:
    if output == "json":
        shared.print_json([_as_dict(account, one) for account, one in found])
        return
    if output == "text":
        for _, one in found:
            if isinstance(one, Outcome):
                print_outcome(one)
        return
    rows = [
        {"destination": account.name, **row}
        for account, one in found
        if isinstance(one, Outcome)
        for row in one.findings
    ]
    shared.print_table(rows, COLUMNS, output)


def _as_dict(account: Account, one: Outcome | ConnectorError) -> dict[str, Any]:
    if isinstance(one, Outcome):
        return {**one.summary, "error": None, "findings": list(one.findings)}
    return {**failure(account.scope, one), **(one.facts or {})}

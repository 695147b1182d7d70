"""`connector verify`: compare what a destination holds with the views."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.api.results import row
from connector.cli import periods, printed, shared
from connector.cli.output.verified import COLUMNS, print_outcome, progress
from connector.cli.running import watched
from connector.settings.windows import ALWAYS, Window

if TYPE_CHECKING:  # `--help` is shown sooner without it
    from connector import Results, Verified


@click.command("verify")
@shared.destinations
@shared.environment
@periods.first
@periods.last
@click.option("--last", type=periods.Days(), help="The days since so long ago instead, such as 7d.")
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
    double or unexpected, and with 7 when it cannot be known; --repair does not change that. When
    it was stopped, the same command continues where it was, within a day.

    \b
    Examples:
      connector verify northbeam --last 7d
      connector verify northbeam --from 2026-01 --repair
      connector verify yespo --file orders.csv
    """  # noqa: D301 - click reads these as characters, not as backslashes
    _check(start, end, last)
    project = watched(context, environment, None)
    with progress(quiet=context.obj["quiet"]) as report:
        results = project.verify(
            destinations,
            first=start,
            last=end,
            days=last,
            file=path,
            repair=repair,
            unguarded=yes,
            allow_side_effects=allow_side_effects,
            report=report,
        )
    printed.tell_failures(results)
    _print(results, output)
    return results.worst(max((found.exit_code for found in results.found), default=0))


def _check(start: Window | None, end: Window | None, last: timedelta | None) -> None:
    if last and (start or end):
        raise click.UsageError("--last stands for --from and --to; give it alone")
    periods.between(start or ALWAYS, end or ALWAYS)


def _print(results: "Results[Verified]", output: str) -> None:
    if output == "json":
        shared.print_json([found.as_dict() for _, found in results.all])
    elif output == "text":
        for found in results.found:
            print_outcome(found)
    else:
        rows = [
            {"destination": found.destination, **row(each)}
            for found in results.found
            for each in found.findings
        ]
        shared.print_table(rows, COLUMNS, output)

"""`connector status`: what was delivered, and how the last run ended."""

from typing import Any

import click

from connector import progress, reports
from connector.cli import shared
from connector.errors import LedgerHeldError
from connector.workspace import configuration, opened


@click.command("status")
@shared.destinations
@shared.environment
@shared.as_json
@click.pass_context
def command(
    context: click.Context, destinations: tuple[str, ...], environment: str | None, output: str
) -> int:
    """Say what was delivered, refused, invalid and in doubt, and how the last run ended.

    Tells how far a run is while one holds the ledger.

    \b
    Example:
      connector status --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    options = shared.options(context, environment)
    try:
        with opened(options, destinations, read_only=True) as workspace:
            found = [reports.status(job.connection, job.scope) for job in workspace.jobs]
    except LedgerHeldError:
        running = progress.read(configuration(options)[0].ledger)
        if running is None:
            raise
        found = [{"running": running}]
    if output == "json":
        shared.print_json(found)
    else:
        for row in found:
            _print(row)
    return 0


def _print(row: dict[str, Any]) -> None:
    if running := row.get("running"):
        click.echo(
            f"{running['destination']} · {running['environment']}: {running['phase']}, "
            f"{running['delivered']:,} of {running['planned']:,} orders "
            f"(process {running['process']})"
        )
        return
    click.echo(f"{row['destination']} · {row['environment']}")
    for name in ("delivered", "refused", "invalid", "in_doubt"):
        click.echo(f"  {name.replace('_', ' '):<10}{row[name]:>12,}")
    if row["in_doubt_examples"]:
        examples = ", ".join(row["in_doubt_examples"])
        click.echo(f"  in doubt, for example: {examples}; the next run sends them again")
    click.echo(f"  {_told(row['last_run'])}")


def _told(run: dict[str, Any] | None) -> str:
    if run is None:
        return "no run yet"
    if run["finished_at"] is None:
        return f"run {run['run_id']} began {run['started_at']} and did not end: it was killed"
    return f"run {run['run_id']} ended {run['finished_at']} with exit code {run['exit_code']}"

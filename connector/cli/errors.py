"""`connector errors`: the orders that do not reach a destination."""

import click

from connector import reports
from connector.cli import shared
from connector.workspace import opened

COLUMNS = ("kind", "order_id", "severity", "rule", "field", "message", "status", "run_id", "at")


@click.command("errors")
@shared.destinations
@shared.environment
@click.option("--warnings", is_flag=True, help="Also orders that were sent with a warning.")
@shared.as_table
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    warnings: bool,
    output: str,
) -> int:
    """List the orders that do not reach a destination, each with the reason.

    These are the orders that the last run found invalid, and those that the destination refused.

    \b
    Example:
      connector errors northbeam --output csv > errors.csv
    """  # noqa: D301 - click reads these as characters, not as backslashes
    with opened(shared.options(context, environment), destinations, read_only=True) as workspace:
        found = [
            {"destination": job.destination.name, **row}
            for job in workspace.jobs
            for row in reports.errors(
                job.connection,
                job.scope,
                warnings=warnings,
            )
        ]
    if output == "json":
        shared.print_json(found)
    elif output == "csv" or found:
        shared.print_table(found, ("destination", *COLUMNS), output)
    else:
        click.echo("no order is invalid or refused")
    return 0

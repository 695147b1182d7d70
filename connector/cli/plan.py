"""`connector plan`: what sync would send."""

import click

from connector.choice import Choice
from connector.cli import shared
from connector.cli.summary import print_summary
from connector.dry_run import dry_run
from connector.workspace import opened


@click.command("plan")
@shared.destinations
@shared.environment
@shared.choice
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    choice: Choice,
    output: str,
) -> int:
    """Say what sync would send, and send nothing.

    Tells counts, the first ids of each kind, requests and bytes.

    \b
    Example:
      connector plan northbeam --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    with opened(shared.options(context, environment), destinations, read_only=True) as workspace:
        summaries = [dry_run(job, workspace.ledger, choice) for job in workspace.jobs]
    if output == "json":
        shared.print_json([summary.as_dict() for summary in summaries])
    else:
        for summary in summaries:
            print_summary(summary)
    return max(summary.exit_code for summary in summaries)

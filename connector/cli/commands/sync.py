"""`connector sync`: send what changed."""

from pathlib import Path

import click

from connector.api.chosen import Chosen
from connector.cli import printed, shared
from connector.cli.output.terminal import say
from connector.cli.running import watched_together


@click.command("sync")
@shared.destinations
@shared.environment
@shared.choice
@click.option("--yes", is_flag=True, help="Send even if far more changed than usual.")
@shared.metrics_file
@click.option("--build", is_flag=True, help="Build and test the views with dbt first.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Accounts to send to at the same time; they share memory_limit and the threads.",
)
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    choice: Chosen,
    yes: bool,
    metrics: Path | None,
    build: bool,
    jobs: int,
    output: str,
) -> int:
    """Send the orders that changed since they were last delivered.

    Sends to all configured accounts unless some are named, one after the other or --jobs at a time.
    When another run holds the ledger of one account, the others are sent to nevertheless. With
    --build nothing is sent when a model or a test with severity error fails.

    \b
    Examples:
      connector sync northbeam
      connector sync northbeam --limit 10 --environment uat
      connector sync --build --jobs 3
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if build and not context.obj["quiet"]:
        say("building the views with dbt", err=True)
    choice["unguarded"] = yes
    with watched_together(context, environment, output, metrics, jobs) as project:
        results = project.sync(destinations, build=build, jobs=jobs, **choice)
    return printed.ended(results, output)

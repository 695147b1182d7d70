"""`connector plan`: what sync would send."""

import click

from connector.api.chosen import Chosen
from connector.cli import printed, shared
from connector.cli.summary import print_summary


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
    choice: Chosen,
    output: str,
) -> int:
    """Say what sync would send, and send nothing.

    Tells counts, the first ids of each kind, requests and bytes.

    \b
    Example:
      connector plan northbeam --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    results = shared.project(context, environment).plan(destinations, **choice)
    printed.tell_failures(results)
    if output == "text":
        for summary in results.found:
            print_summary(summary)
    return printed.ended(results, output)

"""`connector plan`: what sync would send."""

import click

from connector.api.chosen import Chosen
from connector.cli import printed, shared
from connector.cli.output.differences import print_differences
from connector.cli.output.summary import print_summary


@click.command("plan")
@shared.destinations
@shared.environment
@shared.choice
@click.option("--diff", is_flag=True, help="Compare with what was sent last, field by field.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    choice: Chosen,
    diff: bool,
    output: str,
) -> int:
    """Say what sync would send, and send nothing.

    Tells counts, the first ids of each kind, requests and bytes. With --diff also which fields of
    the payload changed in how many orders, and the first ten of them, or --limit, field by field.

    \b
    Example:
      connector plan northbeam --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    project = shared.project(context, environment)
    if diff:
        compared = project.differences(destinations, **choice)
        printed.tell_failures(compared)
        for each in compared.found if output == "text" else ():
            print_summary(each.plan)
            print_differences(each)
        return printed.ended(compared, output)
    results = project.plan(destinations, **choice)
    printed.tell_failures(results)
    if output == "text":
        for summary in results.found:
            print_summary(summary)
    return printed.ended(results, output)

"""`connector retry`: send dead letters again."""

from pathlib import Path

import click

from connector.cli import printed, shared
from connector.cli.output.terminal import say
from connector.cli.running import watched


@click.command("retry")
@shared.destination
@shared.environment
@shared.order_ids
@click.option("--all", "everything", is_flag=True, help="Every refused order.")
@shared.metrics_file
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destination: str,
    environment: str | None,
    order_ids: tuple[str, ...],
    everything: bool,
    metrics: Path | None,
    output: str,
) -> int:
    """Send orders again that the destination refused, although their content has not changed.

    \b
    Example:
      connector retry northbeam --order-id 536365
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if everything == bool(order_ids):
        raise click.UsageError("name orders with --order-id, or give --all")
    results = watched(context, environment, output, metrics).retry([destination], order_ids)
    if results.all:
        return printed.ended(results, output)
    say(f"{destination}: no order is refused, so that there is nothing to retry", err=True)
    if output == "json":
        shared.print_json([])
    return 0

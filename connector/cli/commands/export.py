"""`connector export`: results as data."""

import click

from connector.cli import shared
from connector.cli.output.terminal import say


@click.command("export")
@click.option(
    "--to",
    "target",
    required=True,
    metavar="DIRECTORY|warehouse",
    help="A directory for Parquet files, or the schema `connector` of the warehouse.",
)
@shared.as_json
@click.pass_context
def command(context: click.Context, target: str, output: str) -> int:
    """Write runs, batches and the last status of every order, for dbt and for reports.

    An export adds what is new since the last one: runs and batches are added, orders replaced
    where their status changed.

    \b
    Examples:
      connector export --to warehouse
      connector export --to exports
    """  # noqa: D301 - click reads these as characters, not as backslashes
    found = shared.project(context).export(target)
    if output == "json":
        shared.print_json(found.as_dict())
    else:
        counts = f"{found.runs:,} runs, {found.batches:,} batches, {found.orders:,} orders"
        say(f"{counts} that are new or changed since run {found.after:,} → {found.to}")
    return 0

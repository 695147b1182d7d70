"""`connector export`: results as data."""

from dataclasses import asdict
from pathlib import Path

import click

from connector.cli import shared
from connector.cli.terminal import say
from connector.reporting import export
from connector.runs.workspace import configuration, everything, warehouse_of


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
    options = shared.options(context)
    config, _ = configuration(options)
    warehouse = warehouse_of(config, options) if target == "warehouse" else None
    with everything(config, export.read) as connection:
        if warehouse:
            found = export.to_warehouse(connection, warehouse)
        else:
            found = export.to_directory(connection, Path(target))
    if output == "json":
        shared.print_json(asdict(found))
    else:
        counts = f"{found.runs:,} runs, {found.batches:,} batches, {found.orders:,} orders"
        say(f"{counts} that are new or changed since run {found.after:,} → {found.to}")
    return 0

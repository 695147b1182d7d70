"""Options and outputs that several commands share."""

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from connector import exact
from connector.workspace import Options

Command = TypeVar("Command", bound=Callable[..., Any])

environment = click.option(
    "--environment", help="local, uat or production, instead of the one in connector.yml."
)
as_json = click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the result.",
)
as_table = click.option(
    "--output",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="Format of the result.",
)
destinations = click.argument("destinations", nargs=-1, metavar="[DESTINATION]...")


def choice(command: Command) -> Command:
    """Add the options that choose orders."""
    for option in (
        click.option(
            "--order-id", "order_ids", multiple=True, help="Only this order; may be repeated."
        ),
        click.option(
            "--limit", type=click.IntRange(min=1), help="At most so many orders, the oldest first."
        ),
        click.option("--full", is_flag=True, help="Unchanged orders too."),
    ):
        command = option(command)
    return command


def options(context: click.Context, environment: str | None = None) -> Options:
    """Return the global options as a value."""
    return Options(**context.obj["options"], environment=environment)


def print_json(value: object) -> None:
    """Print a result as JSON."""
    click.echo(exact.dumps(value))


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], output: str) -> None:
    """Print rows as CSV, or as aligned columns."""
    if output == "csv":
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        return
    texts = [[str("" if row[name] is None else row[name]) for name in columns] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(columns, *texts, strict=True)]
    for line in [list(columns), *texts]:
        click.echo(
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        )

"""Options and outputs that several commands share."""

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import connector
from connector.cli.output.terminal import print_rows, say
from connector.exceptions import ConfigError
from connector.settings.windows import ALWAYS
from connector.text import exact
from connector.text.duration import seconds
from connector.text.visible import visible
from connector.text.yaml_file import read

if TYPE_CHECKING:  # a command that needs them imports them itself
    from connector import Connector, Observer

Command = TypeVar("Command", bound=Callable[..., Any])

# What a broken rule costs, as shown to people: the order, nothing, or the value.
COSTS = {"refuse": "error", "warn": "warning", "leave_out": "left out", "shorten": "shortened"}


def _configured(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - Click's own
    incomplete: str,
) -> list[str]:
    """Return the destinations of connector.yml that begin so, none when it cannot be read."""
    given = context.find_root().params
    path = connector.project_directory(given.get("project_dir")) / (
        given.get("config") or "connector.yml"
    )
    try:
        names = read(path, ConfigError, "").get("destinations") or {}
    except ConfigError:
        return []
    return [name for name in names if name.startswith(incomplete)]


environment = click.option(
    "--environment",
    shell_complete=lambda _context, _option, incomplete: [
        name for name in ("local", "uat", "production") if name.startswith(incomplete)
    ],
    help="local, uat or production, instead of the one in connector.yml.",
)


def _output(*formats: str) -> Callable[[Any], Any]:
    return click.option(
        "--output",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Format of the result.",
    )


as_json = _output("text", "json")
as_table = _output("text", "json", "csv")


def _moment(
    context: click.Context,  # noqa: ARG001 - Click's own
    option: click.Parameter,  # noqa: ARG001
    value: str | None,
) -> datetime | None:
    """Return the moment that a length of time ago or a date means."""
    if value is None:
        return None
    length = seconds(value)
    if length is not None:
        now = datetime.now(UTC)
        return max(now, ALWAYS.start + timedelta(seconds=length)) - timedelta(seconds=length)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        wanted = "write 2d, 3h, or a date such as 2026-03-14"
        raise click.BadParameter(f"{value!r} is not a valid time; {wanted}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


since = click.option(
    "--since",
    metavar="TIME",
    callback=_moment,
    help="Only what is newer: 2d, 3h, or a date in UTC.",
)
metrics_file = click.option(
    "--metrics-file",
    "metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write metrics to this file, for Prometheus (node_exporter's textfile collector).",
)
allow_side_effects = click.option(
    "--allow-side-effects",
    is_flag=True,
    help="Load many orders at once although each may message a customer.",
)
destinations = click.argument(
    "destinations", nargs=-1, metavar="[DESTINATION]...", shell_complete=_configured
)
destination = click.argument("destination", shell_complete=_configured)
only_destinations = click.option(
    "--destination",
    "destinations",
    multiple=True,
    shell_complete=_configured,
    help="Only this destination; may be repeated.",
)
order_ids = click.option(
    "--order-id", "order_ids", multiple=True, help="Only this order; may be repeated."
)


def choice(command: Command) -> Command:
    """Add the options that choose orders; the command gets them as one `choice`."""

    @wraps(command)
    def with_choice(
        *arguments: Any,
        full: bool,
        limit: int | None,
        order_ids: tuple[str, ...],
        full_scan: bool,
        allow_side_effects: bool,
        **others: Any,
    ) -> Any:
        wanted = {"full": full, "limit": limit, "order_ids": order_ids, "full_scan": full_scan}
        wanted["allow_side_effects"] = allow_side_effects
        return command(*arguments, choice=wanted, **others)

    decorated: Command = _choosing(with_choice)
    return decorated


def _choosing(command: Any) -> Any:
    for option in (
        allow_side_effects,
        order_ids,
        click.option(
            "--limit", type=click.IntRange(min=1), help="Most orders to send, the oldest first."
        ),
        click.option(
            "--full-scan",
            is_flag=True,
            help="Look for changes in all orders, ignoring `watermark`.",
        ),
        click.option("--full", is_flag=True, help="Unchanged orders too."),
    ):
        command = option(command)
    return command


def project(
    context: click.Context, environment: str | None = None, observers: "Sequence[Observer]" = ()
) -> "Connector":
    """Return the project that the global options name."""
    given = {**context.obj["options"], "environment": environment}
    return connector.open(**given, observers=observers)


def place(context: click.Context) -> dict[str, Any]:
    """Return where the project and its settings are, for what needs no settings yet."""
    return {name: context.obj["options"][name] for name in ("project_dir", "config")}


def dbt_place(context: click.Context) -> dict[str, Any]:
    """Return where the profile of dbt is, and which target of it is meant."""
    return {name: context.obj["options"][name] for name in ("profiles_dir", "target")}


def print_json(value: object) -> None:
    """Print a result as JSON."""
    say(*exact.dumps(value).split("\n"), whole=True)


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], output: str) -> None:
    """Print rows as CSV, or as a table."""
    if output == "csv":
        writer = csv.writer(sys.stdout)
        shown = visible if sys.stdout.isatty() else str  # a file gets the values as they are
        writer.writerow(columns)
        writer.writerows([shown(_text(row[name])) for name in columns] for row in rows)
        return
    print_rows(columns, [[_text(row[name]) for name in columns] for row in rows])


def _text(value: object) -> str:
    return "" if value is None else str(value)

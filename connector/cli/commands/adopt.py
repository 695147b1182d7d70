"""`connector adopt`: take over what a destination holds already."""

from pathlib import Path

import click

from connector import Connector
from connector.cli import periods, shared
from connector.cli.output.summary import print_summary
from connector.cli.output.terminal import say
from connector.exceptions import ConfigError
from connector.settings.windows import Window


@click.command("adopt")
@shared.destination
@shared.environment
@click.option(
    "--until", type=periods.Period(), help="Only orders until this year, month or day, all of it."
)
@click.option(
    "--order-ids",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Only the orders of this file, an id a line; those that are not in the view are left out.",
)
@click.option("--yes", is_flag=True, help="The destination holds them: record it.")
@click.option("--undo", "adopted", type=click.IntRange(min=1), help="Undo what this run adopted.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destination: str,
    environment: str | None,
    until: Window | None,
    file: Path | None,
    yes: bool,
    adopted: int | None,
    output: str,
) -> int:
    """Record orders as delivered in their current version, without sending anything.

    For a destination that already holds them: from another tool, or after its ledger was lost. The
    next sync sends only later changes. Without --yes it says how many they are, and ends with 6.

    \b
    Examples:
      connector adopt yespo --yes
      connector adopt northbeam --until 2025-12 --yes
      connector adopt northbeam --undo 17
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if (until and file) or (adopted and (until or file)):
        raise click.UsageError("--until, --order-ids and --undo exclude each other; give one")
    project = shared.project(context, environment)
    if adopted:
        return _undo(project, destination, adopted, output)
    ids = _ids(file) if file else None
    summary = project.adopt(destination, until=until, order_ids=ids, unguarded=yes)
    if output == "json":
        shared.print_json([summary.as_dict()])
    else:
        print_summary(summary)
    return summary.exit_code


def _undo(project: Connector, destination: str, adopted: int, output: str) -> int:
    found = project.undo_adoption(destination, adopted)
    if output == "json":
        shared.print_json(found.as_dict())
    else:
        say(f"{found.undone:,} orders are no longer recorded as adopted by run {adopted}")
    return 0


def _ids(file: Path) -> tuple[str, ...]:
    ids = (line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines())
    found = tuple(each for each in ids if each)
    if not found:
        raise ConfigError(f"{file} holds no order ids; write one per line")
    return found

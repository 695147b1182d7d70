"""`connector backfill`: load years of orders window by window."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from connector import Backfill
from connector.api.results import row
from connector.cli import periods, shared
from connector.cli.output.summary import CHANGED
from connector.cli.output.terminal import print_rows, say
from connector.cli.running import watched
from connector.settings.windows import ALWAYS, SIZES, Window
from connector.text import words

COLUMNS = ("window", "orders", "to_send", "delivered", "invalid", "requests", "bytes", "seconds")


@click.command("backfill")
@shared.destination
@shared.environment
@periods.first
@periods.last
@click.option(
    "--window",
    "size",
    type=click.Choice(SIZES),
    default="month",
    show_default=True,
    help="How much is planned and delivered at a time.",
)
@click.option("--dry-run", is_flag=True, help="Print the table of windows and send nothing.")
@click.option("--yes", is_flag=True, help="Go on even if a view or a column has been emptied.")
@shared.allow_side_effects
@shared.metrics_file
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destination: str,
    environment: str | None,
    start: Window | None,
    end: Window | None,
    size: str,
    dry_run: bool,
    yes: bool,
    allow_side_effects: bool,
    metrics: Path | None,
    output: str,
) -> int:
    """Load years of orders, the oldest window first, each planned and delivered on its own.

    Stopped at any moment, it goes on where it was and sends nothing again that was delivered.

    \b
    Examples:
      connector backfill northbeam --dry-run
      connector backfill northbeam --from 2021-01 --to 2025-12
    """  # noqa: D301 - click reads these as characters, not as backslashes
    periods.between(start or ALWAYS, end or ALWAYS)
    found = watched(context, environment, output, metrics).backfill(
        destination,
        first=start,
        last=end,
        window=size,
        dry_run=dry_run,
        unguarded=yes,
        allow_side_effects=allow_side_effects,
    )
    _print(found, output, is_plan=dry_run)
    return found.exit_code if not dry_run else 0


def _print(found: Backfill, output: str, *, is_plan: bool) -> None:
    if output == "json":
        shared.print_json(found.as_dict())
        return
    rows = [row(window) for window in found.windows]
    total = {name: round(sum(row[name] or 0 for row in rows), 3) for name in COLUMNS[1:]}
    columns = [each for each in COLUMNS if not (is_plan and each == "delivered")]
    shown = [_told(each, columns) for each in (*rows, {"window": "all", **total})]
    print_rows([each.replace("_", " ").replace("seconds", "time") for each in columns], shown)
    if waiting := sum(row["changed_while_read"] for row in rows):
        say(f"{CHANGED}: {waiting:,}; the same command sends what waits")
    if is_plan:
        say("nothing was sent; the time is what the budget of the API makes it take")


def _told(window: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    """Return a window for people: counts with separators, sizes and times in their units."""
    shown = {"bytes": words.size, "seconds": _took}
    return [
        window[each] if each == "window" else shown.get(each, words.number)(window[each])
        for each in columns
    ]


def _took(seconds: float | None) -> str:
    return words.UNKNOWN if seconds is None else words.took(seconds)

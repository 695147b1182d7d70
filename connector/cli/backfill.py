"""`connector backfill`: load years of orders window by window."""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from connector.cli import after, periods, shared
from connector.cli.running import Run
from connector.cli.summary import CHANGED, size_text
from connector.cli.terminal import say
from connector.exceptions import EverythingRefusedError
from connector.plan.choice import Choice
from connector.reporting.telling import Told, together
from connector.runs import backfill
from connector.runs.backfill import Step
from connector.runs.dry_run import dry_run
from connector.runs.summary import Summary
from connector.runs.workspace import Workspace, configured, opened
from connector.settings.windows import ALWAYS, SIZES, Window

COLUMNS = ("window", "orders", "to_send", "delivered", "invalid", "requests", "bytes", "seconds")
_FINISHED = (0, 1)  # exit codes after which the next window goes


@click.command("backfill")
@click.argument("destination")
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
    options = shared.options(context, environment)
    with after.watching(options, [destination], metrics, "" if dry_run else "backfill"):
        (account,), warehouse = configured(options, [destination])
        with opened(account, warehouse, read_only=dry_run) as workspace:
            planned = backfill.steps(
                workspace.job, periods.between(start or ALWAYS, end or ALWAYS), size
            )
            if dry_run:
                rows, told = [_planned(workspace, step) for step in planned], []
            else:
                backfill.check(workspace.job, planned, allowed=allow_side_effects)
                ended = _last(_each(context, workspace, planned, unguarded=yes))
                rows = [_row(step, summary) for step, summary in ended]
                told = _told(workspace, [summary for _, summary in ended], metrics)
    after.tell(account.config, told, metrics)
    _print(destination, rows, output, is_plan=dry_run)
    return 0 if dry_run else max((row["exit_code"] for row in rows), default=0)


def _each(
    context: click.Context,
    workspace: Workspace,
    planned: Sequence[Step],
    *,
    unguarded: bool,
) -> Iterator[tuple[Step, Summary]]:
    """Yield each window that was run with its summary, some twice; one that fails is the last."""
    name = workspace.account.name
    progress = _Progress(name, planned, quiet=context.obj["quiet"])
    course = backfill.Course(planned, random.Random())  # noqa: S311 - no secret
    for step in course:
        number = planned.index(step) + 1
        run = Run(workspace, quiet=context.obj["quiet"])
        title = f"{name} {step.window} ({number} of {len(planned)})"
        summary = run.sync(_choice(step, unguarded=unguarded), "backfill", title)
        progress.tell(number, step, summary)
        yield step, summary
        if summary.error:
            say(f"Error: {summary.error}", err=True)
        if EverythingRefusedError.BLAMES_NONE in (summary.error or ""):
            course.refuse(step)
        elif summary.exit_code not in _FINISHED or run.interruption:
            return
        elif summary.delivered:
            course.accept()


def _last(ended: Iterable[tuple[Step, Summary]]) -> list[tuple[Step, Summary]]:
    """Return how each window ended the last time that it was run, the oldest first."""
    return sorted(dict(ended).items(), key=lambda item: item[0].window.start)


def _choice(step: Step, *, unguarded: bool) -> Choice:
    """Return the orders of a window; the limit of side effects was asked for all beforehand."""
    return Choice(window=step.window, unguarded=unguarded, allow_side_effects=True)


def _told(workspace: Workspace, runs: Sequence[Summary], metrics: Path | None) -> list[Told]:
    run = together([each.as_dict() for each in runs]) if runs else None
    return [after.gathered(workspace, run, metrics)] if run else []


class _Progress:
    """Tells after each window how far the whole is."""

    def __init__(self, name: str, planned: Sequence[Step], *, quiet: bool) -> None:
        self._name, self._windows, self._quiet = name, len(planned), quiet
        self._orders = sum(step.orders for step in planned)
        self._began = time.monotonic()
        self._done = self._bytes = 0

    def tell(self, number: int, step: Step, summary: Summary) -> None:
        self._done += step.orders if summary.exit_code in _FINISHED else 0
        self._bytes += summary.bytes
        passed = max(time.monotonic() - self._began, 0.001)
        left = (self._orders - self._done) * passed / max(self._done, 1)
        if not self._quiet:
            where = f"window {number} of {self._windows}, {step.window}"
            say(
                f"{self._name}: {where}: {summary.delivered:,} delivered; {self._done:,} of "
                f"{self._orders:,} orders, {self._done / passed:,.0f} orders/s, "
                f"{size_text(self._bytes)}, {left:,.0f} s left",
                err=True,
            )


def _planned(workspace: Workspace, step: Step) -> dict[str, Any]:
    """Return the row of a window to which nothing is sent, its seconds as the budget demands."""
    job = workspace.job
    summary = dry_run(job, workspace.ledger, _choice(step, unguarded=True))
    seconds = backfill.seconds(job.contract, summary.requests, summary.bytes)
    return _row(step, summary) | {"seconds": None if seconds is None else round(seconds, 1)}


def _row(step: Step, summary: Summary) -> dict[str, Any]:
    names = (*COLUMNS, "run_id", "exit_code", "changed_while_read", "error")
    facts = {name: getattr(summary, name) for name in names if hasattr(summary, name)}
    to_send = summary.added + summary.changed + summary.in_doubt
    return {"window": str(step.window), **facts, "orders": step.orders, "to_send": to_send}


def _print(name: str, rows: Sequence[dict[str, Any]], output: str, *, is_plan: bool) -> None:
    if output == "json":
        shared.print_json({"destination": name, "windows": list(rows)})
        return
    total = {name: round(sum(row[name] or 0 for row in rows), 3) for name in COLUMNS[1:]}
    columns = [each for each in COLUMNS if each != "delivered"] if is_plan else COLUMNS
    shared.print_table([*rows, {"window": "all", **total}], columns, "text")
    if waiting := sum(row["changed_while_read"] for row in rows):
        say(f"{CHANGED}: {waiting:,}; the same command sends what waits")
    if is_plan:
        say("nothing was sent; seconds are what the budget of the API makes it take")

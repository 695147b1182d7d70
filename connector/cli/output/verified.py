"""Prints a verification and its progress."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from connector.cli.output.display import EVERY
from connector.cli.output.terminal import is_animated, say
from connector.text.duration import lasting
from connector.text.plural import counted

if TYPE_CHECKING:  # `--help` is shown sooner without it
    from connector import Verified

Report = Callable[[str, int, int], None]
Row = dict[str, Any]

COLUMNS = ("destination", "kind", "order_id", "field", "here", "there", "day")
_DAYS = 10  # days with other totals that are shown
_EXAMPLES = 5  # findings of a kind that are shown
_WRONG = ("missing", "different", "double", "unexpected")
_OPEN = ("not_sent", "too_early", "late", "cannot_tell", "not_compared", "other_sources")
_NOTES = {
    "missing": "should be there and are not",
    "different": "have other values there",
    "double": "stand there more than once",
    "unexpected": "stand there although they are gone from the view, or count for nothing",
    "not_sent": "the ledger says that they are not there yet; see `connector plan`",
    "too_early": "were sent less than an hour ago, so that they may not be shown yet",
    "late": "are not shown yet, and may still come",
    "cannot_tell": "may be in what was cut off",
    "not_compared": "are invalid, refused, too early to be sent, or left there as they are",
    "other_sources": "rows of ids that were never sent; they may come from elsewhere",
}


@contextmanager
def progress(*, quiet: bool) -> Iterator[Report]:
    """Yield what shows how many days were read back: a bar, or a line every few seconds."""
    with ExitStack() as stack:
        yield _Progress(stack, quiet=quiet)


class _Progress:
    """Shows the progress of one account after the other."""

    def __init__(self, stack: ExitStack, *, quiet: bool) -> None:
        self._stack, self._quiet = stack, quiet

    def __call__(self, name: str, done: int, days: int) -> None:
        """Show it; 0 days mean that the account's verification begins."""
        if not days:
            self._stack.close()
            self._show = self._stack.enter_context(_shown(name, quiet=self._quiet))
            return
        self._show(done, days)
        if done == days:
            self._stack.close()


@contextmanager
def _shown(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    if quiet:
        yield lambda done, days: None  # noqa: ARG005
    elif is_animated(sys.stderr):
        yield from _bar(name)
    else:
        yield _Lines(name)


class _Lines:
    def __init__(self, name: str) -> None:
        self._name, self._began = name, time.monotonic()
        self._last = self._began
        say(f"{name}: reading the views", err=True)

    def __call__(self, done: int, days: int) -> None:
        now = time.monotonic()
        if now - self._last >= EVERY and done < days:
            self._last = now
            left = (days - done) * (now - self._began) / max(done, 1)
            say(
                f"{self._name}: {done:,} of {days:,} days read back, {lasting(left)} left", err=True
            )


def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(f"{name}: reading the views", total=None)

        def show(done: int, days: int) -> None:
            bar.update(task, description=f"{name}: reading back", total=days, completed=done)

        yield show


def print_outcome(outcome: "Verified") -> None:
    """Print what came of a verification: counts, examples, and days whose totals differ."""
    found = outcome.as_dict()
    say(f"{found['destination']} · {found['environment']} · {found['from']} to {found['to']}")
    say(f"  {'orders':<16}{found['orders']:>12,}   {counted(found['requests'], 'request')}")
    say(f"  {'equal':<16}{found['equal']:>12,}")
    for kind in (*_WRONG, *_OPEN):
        if found[kind]:
            say(f"  {kind.replace('_', ' '):<16}{found[kind]:>12,}   {_NOTES[kind]}")
    for field, orders in found["not_comparable"].items():
        say(f"  not comparable: {field} of {counted(orders, 'order')}, which no row has")
    for row in found["problems"]:
        say(f"  cut off: {row['day']}: {row['problem']}")
    for kind in _WRONG:
        _print_findings(kind, [row for row in found["findings"] if row["kind"] == kind])
    _print_totals(found["totals"])
    if found["beyond_repair"]:
        orders = counted(found["beyond_repair"], "order")
        say(f"  cannot be repaired: {orders}, of which no row tells one record from the other;")
        say(f"    {found['by_hand']}")
    if run := found["repair"]:
        back = run["taken_back"] + run["removals_delivered"]
        told = f"{run['delivered']:,} sent again, {back:,} taken back"
        say(f"  repaired by run {run['run_id']}: {told}")
        if run["error"]:
            say(f"Error: {run['error']}", err=True)
    elif outcome.repairable:
        orders = counted(outcome.repairable, "order")
        say(f"  `connector verify {found['destination']} --repair` puts {orders} right")


def _print_findings(kind: str, rows: Sequence[Row]) -> None:
    for row in rows[:_EXAMPLES]:
        values = f": {row['field']} is {row['there']} there" if row["field"] else ""
        values += f", {row['here']} here" if row["here"] is not None else ""
        say(f"  {kind} {row['order_id']} of {row['day']}{values}")


def _print_totals(rows: Sequence[Row]) -> None:
    differing = [
        row
        for row in rows
        if (row["orders_here"], row["amount_here"]) != (row["orders_there"], row["amount_there"])
    ]
    for row in differing[:_DAYS]:
        here, there = (
            f"{row[f'orders_{side}']:,} orders, {row[f'amount_{side}'] or 0}"
            for side in ("here", "there")
        )
        currency = f" {row['currency']}" if row["currency"] else ""
        say(f"  totals of {row['day']}{currency}: {here} here; {there} there")
    if len(differing) > _DAYS:
        say(f"  and {len(differing) - _DAYS:,} more days with other totals")

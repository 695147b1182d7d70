"""Progress on stderr: a bar on a terminal, else a line every few seconds; nothing when quiet."""

import logging
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from connector import Progress
from connector.cli.output.terminal import is_animated, say
from connector.text.duration import lasting

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

EVERY = 5.0  # seconds between lines when there is no terminal


class Display(Protocol):
    """Shows how far a run is."""

    def __call__(self, done: Progress) -> None:
        """Show the phase, the orders planned, and what was done of them."""


@contextmanager
def display(name: str, *, quiet: bool, is_shared: bool = False) -> Iterator[Display]:
    """Yield what shows the progress of one destination, in lines where several are shown."""
    if quiet:
        yield lambda done: None  # noqa: ARG005
    elif (
        not is_shared
        and is_animated(sys.stderr)
        and not logging.getLogger().isEnabledFor(logging.INFO)
    ):
        # A log line would tear the bar.
        yield from _bar(name)
    else:
        yield _Lines(name)


class _Lines:
    def __init__(self, name: str) -> None:
        self._name, self._phase = name, ""
        self._began = self._last = time.monotonic()

    def __call__(self, done: Progress) -> None:
        now, phase, planned = time.monotonic(), done.phase, done.planned
        if phase == "planning":
            say(f"{self._name}: reading the views", err=True)
        elif phase == "waiting":
            if now - self._last >= EVERY or self._phase != phase:
                self._last = now
                say(f"{self._name}: {waiting(done)}", err=True)
        elif now - self._last >= EVERY:
            self._last = now
            finished = done.delivered + done.refused
            told = f"{self._name}: {finished:,} of {planned:,} orders"
            if finished:
                left = (planned - finished) * (now - self._began) / finished
                told += f", {lasting(left)} left"
            say(told, err=True)
        self._phase = phase


def waiting(done: Progress) -> str:
    """Return why nothing is sent at present, and for how long."""
    return (
        f"what a run before sent of the remaining orders may still arrive; they go in "
        f"{math.ceil(done.wait)} s"
    )


def _bar(name: str) -> Iterator[Display]:
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(*_columns(), console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"{name}: reading the views", total=None, rate="")

        def show(done: Progress) -> None:
            if done.phase == "planning":
                return
            doing = waiting(done) if done.phase == "waiting" else "sending"
            progress.update(
                task,
                description=f"{name}: {doing}",
                total=done.planned,
                completed=done.delivered + done.refused,
                rate=f"{progress.tasks[0].speed or 0:,.0f} orders/s",
            )

        yield show


def _columns() -> "Iterator[ProgressColumn]":
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    yield TextColumn("{task.description}")
    yield BarColumn()
    yield MofNCompleteColumn()
    yield TextColumn("{task.fields[rate]}")
    yield TimeRemainingColumn()

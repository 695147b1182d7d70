"""Shows runs on the terminal, and lets signals end them."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import FrameType

import click

from connector import Connector, Observer, Progress, Started, Summary
from connector.api.observers import STEP_SUMMARY, MetricsFile, StepSummary
from connector.cli import shared
from connector.cli.listening import listening
from connector.cli.output.display import Display, display
from connector.cli.output.summary import print_summary
from connector.cli.output.terminal import say, tell_error
from connector.exceptions import ConnectorError
from connector.text.duration import lasting
from connector.text.words import size

_FINISHED = (0, 1)  # exit codes of a window of a backfill that is done


def watched(
    context: click.Context,
    environment: str | None,
    output: str | None,
    metrics: Path | None = None,
) -> Connector:
    """Return the project; this terminal shows its runs, and observers of the options hear of them.

    The numbers of a run are printed when `output` is text.
    """
    return _terminal(context, environment, output, metrics).project


@contextmanager
def watched_together(
    context: click.Context, environment: str | None, output: str, metrics: Path | None, jobs: int
) -> Iterator[Connector]:
    """Yield the project of `watched`, for a call that runs several accounts at the same time."""
    terminal = _terminal(context, environment, output, metrics)
    terminal.is_shared = jobs > 1
    is_main = threading.current_thread() is threading.main_thread()  # others get no signals
    with listening(terminal.on_signal) if jobs > 1 and is_main else nullcontext():
        yield terminal.project


def _terminal(
    context: click.Context, environment: str | None, output: str | None, metrics: Path | None
) -> "Terminal":
    terminal = Terminal(quiet=context.obj["quiet"], output=output)
    observers = [terminal, *told(metrics)]
    terminal.project = shared.project(context, environment, observers)
    return terminal


def told(metrics: Path | None) -> list[Observer]:
    """Return the observers that an option of a command, or its environment, asks for."""
    summary = os.environ.get(STEP_SUMMARY)
    return [
        *([MetricsFile(metrics)] if metrics else []),
        *([StepSummary(Path(summary))] if summary else []),
    ]


class Terminal(Observer):
    """Shows the progress of runs and how they ended, and lets signals end them.

    Before anything is sent a signal ends the run. While orders are sent the first signal lets what
    is in flight finish; the second ends the process at once, and what was in flight is then in
    doubt, since the intent is on disk.
    """

    project: Connector
    is_shared = False  # by runs of several accounts at the same time, which get lines, not a bar

    def __init__(self, *, quiet: bool, output: str | None = "text") -> None:
        self._quiet, self._output = quiet, output
        self._shown: dict[str, tuple[ExitStack, Display]] = {}
        self._is_interrupted = False
        self._began = time.monotonic()
        self._done = self._bytes = 0

    def started(self, run: Started) -> None:
        """Begin to show it, and to handle signals."""
        stack = ExitStack()
        shown = display(_title(run), quiet=self._quiet, is_shared=self.is_shared)
        self._shown[run.destination] = stack, stack.enter_context(shown)
        if not self.is_shared:
            stack.enter_context(listening(self.on_signal))

    def progressed(self, run: Started, progress: Progress) -> None:
        """Show it."""
        _, show = self._shown[run.destination]
        show(progress)

    def finished(self, run: Started, ended: Summary | ConnectorError) -> None:
        """Print its numbers, or what went wrong."""
        if run.destination in self._shown:
            self._shown.pop(run.destination)[0].close()
        if isinstance(ended, ConnectorError):
            tell_error(ended)
        elif run.part:
            self._tell_window(run, ended)
        elif self._output == "text":
            print_summary(ended)

    def _tell_window(self, run: Started, summary: Summary) -> None:
        """Print after a window how far the whole backfill is."""
        if not run.part:
            return
        part = run.part
        self._done += part.orders if summary.exit_code in _FINISHED else 0
        self._bytes += summary.bytes
        passed = max(time.monotonic() - self._began, 0.001)
        left = (part.all_orders - self._done) * passed / max(self._done, 1)
        if not self._quiet:
            where = f"window {part.number} of {part.windows}, {part.window}"
            say(
                f"{run.destination}: {where}: {summary.delivered:,} delivered; {self._done:,} of "
                f"{part.all_orders:,} orders, {self._done / passed:,.0f} orders/s, "
                f"{size(self._bytes)}, {lasting(left)} left",
                err=True,
            )
        if summary.error:
            say(f"Error: {summary.error}", err=True)

    def on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End the run, or the process when this is the second signal."""
        if self._is_interrupted:
            os._exit(128 + number)
        self._is_interrupted = True
        if error := self.project.interrupt(number):
            raise error
        if not self._quiet:
            say("finishing the requests in flight; a second signal ends at once", err=True)


def _title(run: Started) -> str:
    if run.part is None:
        return run.destination
    return f"{run.destination} {run.part.window} ({run.part.number} of {run.part.windows})"

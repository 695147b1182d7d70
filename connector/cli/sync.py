"""`connector sync`: send what changed."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click

from connector import reports
from connector.alerts import of_run
from connector.cli import after, shared
from connector.cli.display import Display, display
from connector.cli.summary import print_summary
from connector.deliver import Delivered
from connector.errors import ConnectorError, InterruptedRunError
from connector.job import Hooks, Job
from connector.ledger import Scope
from connector.plan import Choice
from connector.progress import ProgressFile
from connector.sender import Sender
from connector.summary import Summary
from connector.sync import sync
from connector.telling import Told
from connector.workspace import Workspace, opened

_NOTHING_SENT = "interrupted before anything was sent; start the run again when you like"
_NO_FACTS: dict[str, Any] = dict.fromkeys(Summary.__dataclass_fields__)


@click.command("sync")
@shared.destinations
@shared.environment
@shared.choice
@click.option("--yes", is_flag=True, help="Send even if far more changed than usual.")
@shared.metrics_file
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    full: bool,
    limit: int | None,
    order_ids: tuple[str, ...],
    allow_side_effects: bool,
    yes: bool,
    metrics: Path | None,
    output: str,
) -> int:
    """Send the orders that changed since they were last delivered.

    All configured destinations get theirs, one after the other, unless some are named.

    \b
    Examples:
      connector sync northbeam
      connector sync northbeam --limit 10 --environment uat
    """  # noqa: D301 - click reads these as characters, not as backslashes
    choice = Choice(
        full=full,
        limit=limit,
        order_ids=order_ids,
        unguarded=yes,
        allow_side_effects=allow_side_effects,
    )
    return deliver(context, destinations, environment, choice, output, metrics)


def deliver(
    context: click.Context,
    destinations: Sequence[str],
    environment: str | None,
    choice: Choice,
    output: str,
    metrics: Path | None = None,
) -> int:
    """Run each destination after the other and return the worst exit code.

    One that fails does not stop the others.
    """
    options = shared.options(context, environment)
    try:
        with opened(options, destinations, read_only=False) as workspace:
            told = list(_each(context, workspace, choice, output))
    except ConnectorError as error:
        after.tell_of_none(options, destinations, error, _NO_FACTS, metrics)
        raise
    after.tell(workspace.config, told, metrics)
    results = [each.run for each in told]
    if output == "json":
        shared.print_json(results)
    return int(max(result["exit_code"] for result in results))


def _each(
    context: click.Context, workspace: Workspace, choice: Choice, output: str
) -> Iterator[Told]:
    """Yield what there is to tell of each destination; after a signal none is started any more."""
    interruption: ConnectorError | None = None
    for job in workspace.jobs:
        run = _Run(workspace, job, quiet=context.obj["quiet"])
        try:
            if interruption:
                raise interruption
            summary = run.sync(choice, str(context.info_name))
        except ConnectorError as error:
            click.echo(f"Error: {error}", err=True)
            result = _failed(job, error)
            if not interruption:
                result["alerts"] = run.alerts(error)
        else:
            result = summary.as_dict()
            if output == "text":
                print_summary(summary)
        yield after.gathered(workspace, job, result)
        interruption = interruption or run.interruption


def _failed(job: Job, error: ConnectorError) -> dict[str, Any]:
    """Return the JSON of a destination to which nothing was sent; its counts are unknown, not 0."""
    facts = _NO_FACTS | job.scope.values() | {"alerts": []}
    return facts | {"exit_code": error.exit_code, "error": str(error)}


class _Run:
    """One run with its progress, and what a signal does to it.

    Before anything is sent a signal ends the run. While orders are sent the first signal lets what
    is in flight finish; the second ends the process at once, and what was in flight is then in
    doubt, since the intent is on disk.
    """

    def __init__(self, workspace: Workspace, job: Job, *, quiet: bool) -> None:
        self._workspace, self._job, self._quiet = workspace, job, quiet
        self._progress = ProgressFile(workspace.config.ledger)
        self._before = [
            reports.recent(workspace.connection, Scope(each.name, each.scope))
            for each in workspace.config.destinations.values()
        ]
        self._phase, self._phase_began = "", 0.0
        self._sender: Sender | None = None
        self.interruption: InterruptedRunError | None = None

    def sync(self, choice: Choice, command: str) -> Summary:
        with display(self._job.destination.name, quiet=self._quiet) as show, self._listening():
            report = partial(self._report, show)
            hooks = Hooks(report, self._sending, lambda: self.interruption)
            try:
                return sync(self._job, self._workspace.ledger, choice, hooks, command)
            finally:
                self._progress.remove()

    def alerts(self, error: ConnectorError) -> list[dict[str, Any]]:
        """Return what an error gives reason to tell, when there is no summary that tells it."""
        scope = self._job.scope.values()
        before = next(row for row in self._before if scope.items() <= row.items())
        told = of_run({**scope, "exit_code": error.exit_code}, before["last_run"])
        return [asdict(alert) for alert in told]

    def _report(self, show: Display, phase: str, planned: int, done: Delivered) -> None:
        if phase != self._phase:
            self._phase, self._phase_began = phase, time.time()
        facts = {"phase": phase, "phase_began": self._phase_began, "planned": planned}
        counts = {"delivered": done.delivered, "refused": done.refused, "before": self._before}
        self._progress.write({**self._job.scope.values(), **facts, **counts})
        show(phase, planned, done)

    def _sending(self, sender: Sender) -> None:
        self._sender = sender
        if self.interruption:  # it came between two senders
            sender.interrupt(self.interruption.signal_number)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Handle SIGINT and SIGTERM until the block ends."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.interruption:
            os._exit(128 + number)
        self.interruption = InterruptedRunError(_NOTHING_SENT, number)
        if self._sender is None:
            raise self.interruption
        self._sender.interrupt(number)
        if not self._quiet:
            click.echo("finishing the requests in flight; a second signal ends at once", err=True)

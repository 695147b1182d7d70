"""`connector sync`: send what changed."""

import logging
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from connector.cli import shared
from connector.cli.display import Display, display
from connector.cli.summary import print_summary
from connector.deliver import Delivered
from connector.errors import ConnectorError, InterruptedRunError
from connector.plan import Choice
from connector.progress import ProgressFile
from connector.sender import Sender
from connector.summary import Summary
from connector.sync import Job, sync
from connector.workspace import Workspace, opened

log = logging.getLogger("connector")


@click.command("sync")
@shared.destinations
@shared.environment
@shared.choice
@click.option("--yes", is_flag=True, help="Send even if far more changed than usual.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    full: bool,
    limit: int | None,
    order_ids: tuple[str, ...],
    yes: bool,
    output: str,
) -> int:
    """Send the orders that changed since they were last delivered; all destinations unless some are named.

    \b
    Examples:
      connector sync northbeam
      connector sync northbeam --limit 10 --environment uat
    """  # noqa: D301 - click reads these as characters, not as backslashes
    choice = Choice(full=full, limit=limit, order_ids=order_ids)
    return deliver(context, destinations, environment, choice, yes=yes, output=output)


def deliver(
    context: click.Context,
    destinations: Sequence[str],
    environment: str | None,
    choice: Choice,
    *,
    yes: bool,
    output: str,
) -> int:
    """Run each destination after the other; one failing does not stop the others, and the exit code is the worst."""
    results: list[dict[str, Any]] = []
    codes = [0]
    with opened(shared.options(context, environment), destinations, read_only=False) as workspace:
        for job in workspace.jobs:
            try:
                summary = _one(workspace, job, choice, yes=yes, quiet=context.obj["quiet"])
            except ConnectorError as error:
                click.echo(f"Error: {error}", err=True)
                codes.append(error.exit_code)
                results.append(_failed(job, error))
                if isinstance(error, InterruptedRunError):
                    break
                continue
            codes.append(summary.exit_code)
            results.append(summary.as_dict())
            if output == "text":
                print_summary(summary)
    if output == "json":
        shared.print_json(results)
    return max(codes)


def _one(workspace: Workspace, job: Job, choice: Choice, *, yes: bool, quiet: bool) -> Summary:
    name = job.destination.name
    progress = ProgressFile(workspace.config.ledger)
    stop = _Stop()
    with display(name, quiet=quiet) as show, stop.listening():

        def report(phase: str, planned: int, done: Delivered) -> None:
            facts = {
                "destination": name,
                "environment": job.destination.scope,
                "phase": phase,
                "planned": planned,
            }
            counts = {"delivered": done.delivered, "refused": done.refused}
            progress.write(facts | counts, now=phase == "planning")
            _show(show, phase, planned, done)

        try:
            summary = sync(
                job, workspace.ledger, choice, yes=yes, report=report, started=stop.sending
            )
        finally:
            progress.remove()
    return summary


def _show(show: Display, phase: str, planned: int, done: Delivered) -> None:
    show(phase, planned, done)


def _failed(job: Job, error: ConnectorError) -> dict[str, Any]:
    """Return the JSON of a destination to which nothing was sent; its counts are unknown, not zero."""
    facts: dict[str, Any] = dict.fromkeys(Summary.__dataclass_fields__)
    facts |= {"destination": job.destination.name, "environment": job.destination.scope}
    return facts | {"exit_code": error.exit_code, "error": str(error)}


class _Stop:
    """What a signal does: before sending it ends the run, while sending it lets what is in flight finish, and the
    second one ends the process at once; what was in flight is then in doubt, since the intent is on disk.
    """

    def __init__(self) -> None:
        self._sender: Sender | None = None
        self._signal = 0

    def sending(self, run_id: int, sender: Sender) -> None:
        log.info("sending", extra={"run_id": run_id})
        self._sender = sender

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle SIGINT and SIGTERM until the block ends."""
        before = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - Python's signature
        if self._signal:
            os._exit(128 + number)
        self._signal = number
        if self._sender is None:
            raise InterruptedRunError("interrupted before anything was sent", number)
        self._sender.interrupt(number)

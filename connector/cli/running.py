"""One run of `sync`: its progress, and what a signal does to it."""

import math
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from connector.cli.display import Display, display
from connector.cli.terminal import say
from connector.delivery.delivered import Delivered
from connector.exceptions import ConnectorError, InterruptedRunError
from connector.ledger.progress import ProgressFile
from connector.plan.choice import Choice
from connector.reporting.alerts import of_run
from connector.reporting.verifications import recent
from connector.runs.job import Hooks
from connector.runs.summary import Summary
from connector.runs.sync import sync
from connector.runs.workspace import Workspace

if TYPE_CHECKING:  # most runs have nothing to send, and end sooner without what does
    from connector.http.sender import Sender

_NOTHING_SENT = "interrupted before anything was sent; start the run again when you like"


class Run:
    """One run with its progress, and what a signal does to it.

    Before anything is sent a signal ends the run. While orders are sent the first signal lets what
    is in flight finish; the second ends the process at once, and what was in flight is then in
    doubt, since the intent is on disk.
    """

    def __init__(self, workspace: Workspace, *, quiet: bool) -> None:
        self._workspace, self._job, self._quiet = workspace, workspace.job, quiet
        self._progress = ProgressFile(workspace.ledger.path)
        self._before = [recent(workspace.connection, self._job.scope)]
        self._phase, self._phase_began = "", 0.0
        self._sender: Sender | None = None
        self.interruption: InterruptedRunError | None = None

    def sync(self, choice: Choice, command: str, title: str | None = None) -> Summary:
        """Send what `choice` says and return what came of it; raises ConnectorError.

        Progress is shown under the title, or under the name of the destination.
        """
        title = title or self._job.destination.name
        with display(title, quiet=self._quiet) as show, self._listening():
            report = partial(self._report, show)
            hooks = Hooks(report, self._sending, lambda: self.interruption)
            try:
                return sync(self._job, self._workspace.ledger, choice, hooks, command)
            finally:
                self._progress.remove()

    def alerts(self, error: ConnectorError) -> list[dict[str, Any]]:
        """Return what an error gives reason to tell, when there is no summary that tells it."""
        scope, (before,) = self._job.scope.values(), self._before
        facts = {"exit_code": error.exit_code, "cause": error.told}
        run = {**scope, **(error.facts or {}), **facts}
        told = of_run(run, before["last_run"])
        return [asdict(alert) for alert in told]

    def _report(self, show: Display, phase: str, planned: int, done: Delivered) -> None:
        if phase != self._phase:
            self._phase, self._phase_began = phase, time.time()
        facts = {"phase": phase, "phase_began": self._phase_began, "planned": planned}
        counts = {"delivered": done.delivered, "refused": done.refused, "before": self._before}
        counts["wait"] = math.ceil(done.wait)
        self._progress.write({**self._job.scope.values(), **facts, **counts})
        show(phase, planned, done)

    def _sending(self, sender: "Sender") -> None:
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
            say("finishing the requests in flight; a second signal ends at once", err=True)

"""One run as seen from outside: it notifies observers, and can be interrupted."""

import math
import signal
import time
from dataclasses import asdict
from typing import Any

from connector.delivery.delivered import Delivered
from connector.exceptions import ConnectorError, CrashError, InterruptedRunError
from connector.ledger.beside.progress import ProgressFile
from connector.plan.choice import Choice
from connector.reporting import verifications
from connector.reporting.alerts import of_run
from connector.reporting.reports import Row
from connector.runs.interruption import Interruption
from connector.runs.job import Hooks
from connector.runs.observer import Observer, Observers, Part, Progress, Started
from connector.runs.summary import Summary
from connector.runs.sync import sync
from connector.runs.workspace import Workspace


class Session:
    """One run on a workspace, with its observers."""

    def __init__(
        self, workspace: Workspace, observers: Observer, interruption: Interruption
    ) -> None:
        self._job, self._ledger = workspace.job, workspace.ledger
        self._before = [verifications.recent(workspace.connection, self._job.scope)]
        on_disk = _OnDisk(ProgressFile(self._ledger.path), self._before)
        self._observers = Observers([observers, on_disk])
        self._interruption = interruption

    def sync(self, choice: Choice, command: str, part: Part | None = None) -> Summary:
        """Send what `choice` selects and return the summary.

        Raises ConnectorError; unexpected exceptions become a CrashError.
        """
        run = Started(**self._job.scope.values(), command=command, part=part)
        (recent,) = self._before
        hooks = Hooks(recent, self._reporting(run), self._interruption.sending, self._asked)
        try:
            self._observers.started(run)
            ended = sync(self._job, self._ledger, choice, hooks, command)
        except BaseException as error:
            failed = _foreseen(error)
            self._observers.finished(run, failed)
            if isinstance(error, Exception):
                raise failed from None
            raise
        finally:
            self._interruption.sent()
        self._observers.finished(run, ended)
        return ended

    def alerts(self, error: ConnectorError) -> list[Row]:
        """Return the alerts for an error that ended a run without a summary."""
        scope, (before,) = self._job.scope.values(), self._before
        facts = {"exit_code": error.exit_code, "cause": error.told}
        run = {**scope, **(error.facts or {}), **facts}
        return [asdict(alert) for alert in of_run(run, before["last_run"])]

    def _asked(self) -> ConnectorError | None:
        return self._interruption.error

    def _reporting(self, run: Started) -> Any:
        def report(phase: str, planned: int, done: Delivered) -> None:
            progress = Progress(phase, planned, done.delivered, done.refused, done.wait)
            self._observers.progressed(run, progress)

        return report


def _foreseen(error: BaseException) -> ConnectorError:
    """Return the ConnectorError to report for an exception that ended a run."""
    if isinstance(error, ConnectorError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return InterruptedRunError(
            "interrupted by Ctrl-C; start the run again when you like", signal.SIGINT
        )
    return CrashError.of(error)


class _OnDisk(Observer):
    """Writes progress to a file for `status`, since the run holds the ledger meanwhile."""

    def __init__(self, file: ProgressFile, before: list[Row]) -> None:
        self._file, self._before = file, before
        self._phase, self._began = "", 0.0

    def progressed(self, run: Started, progress: Progress) -> None:
        """Write the progress and the results of earlier runs."""
        if progress.phase != self._phase:
            self._phase, self._began = progress.phase, time.time()
        scope = {"destination": run.destination, "environment": run.environment}
        facts = {"phase": self._phase, "phase_began": self._began, "planned": progress.planned}
        counts = {"delivered": progress.delivered, "refused": progress.refused}
        wait = {"before": self._before, "wait": math.ceil(progress.wait)}
        self._file.write({**scope, **facts, **counts, **wait})

    def finished(self, run: Started, ended: Summary | ConnectorError) -> None:  # noqa: ARG002
        """Remove the file."""
        self._file.remove()

"""A backfill: windows of time, each with its own run, reported as one."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.api.observers import listeners
from connector.api.reporting import gathered, watching
from connector.exceptions import EverythingRefusedError
from connector.plan.choice import Choice
from connector.reporting.monitoring.run_report import RunReport, together
from connector.runs import backfill
from connector.runs.backfill import Step
from connector.runs.dry_run import dry_run
from connector.runs.interruption import Interruption
from connector.runs.observer import Observer, Observers, Part
from connector.runs.session import Session
from connector.runs.summary import Summary
from connector.runs.workspace import Options, Workspace, configured, opened
from connector.settings.windows import Window

_FINISHED = (0, 1)  # exit codes after which the next window begins


@dataclass(frozen=True, slots=True)
class BackfilledWindow:
    """What came of one window, as far as it was run; in orders unless the name says otherwise."""

    window: str
    orders: int
    delivered: int
    invalid: int
    requests: int
    bytes: int
    seconds: float | None
    run_id: int | None
    exit_code: int
    changed_while_read: int
    error: str | None
    to_send: int


@dataclass(frozen=True, slots=True)
class Backfill:
    """What came of a backfill, the oldest window first."""

    destination: str
    windows: tuple[BackfilledWindow, ...]

    @property
    def exit_code(self) -> int:
        """Return the highest exit code of its windows."""
        return max((each.exit_code for each in self.windows), default=0)

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `backfill`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Backfilling:
    """What is backfilled by one call: the windows of a size, from one period to another."""

    options: Options
    observers: Sequence[Observer]
    interruption: Interruption
    whole: Window
    size: str
    unguarded: bool
    allow_side_effects: bool

    def send(self, name: str) -> Backfill:
        """Load window after window; one that fails is the last. Raises ConnectorError."""
        with watching(self.options, [name], "backfill", self.observers):
            (account,), warehouse = configured(self.options, [name])
            listening = listeners(account.config, self.observers)
            with opened(account, warehouse, read_only=False) as workspace:
                planned = backfill.steps(workspace.job, self.whole, self.size)
                backfill.check(workspace.job, planned, allowed=self.allow_side_effects)
                ended = _last(self._each(workspace, planned, listening))
                reports = _reports(workspace, [summary for _, summary in ended], listening)
        for report in reports:
            listening.reported(report)
        return Backfill(name, tuple(_window(step, summary) for step, summary in ended))

    def plan(self, name: str) -> Backfill:
        """Return what `send` would do, in the seconds that the API's budget makes it take."""
        (account,), warehouse = configured(self.options, [name])
        with opened(account, warehouse, read_only=True) as workspace:
            planned = backfill.steps(workspace.job, self.whole, self.size)
            return Backfill(name, tuple(self._planned(workspace, step) for step in planned))

    def _each(
        self, workspace: Workspace, planned: Sequence[Step], listening: Observers
    ) -> Iterator[tuple[Step, Summary]]:
        """Yield each window that was run with its summary, some twice."""
        course = backfill.Course(planned, random.Random())  # noqa: S311 - no secret
        orders = sum(step.orders for step in planned)
        for step in course:
            number = planned.index(step) + 1
            part = Part(str(step.window), number, len(planned), step.orders, orders)
            session = Session(workspace, listening, self.interruption)
            summary = session.sync(self._choice(step), "backfill", part)
            yield step, summary
            if EverythingRefusedError.BLAMES_NONE in (summary.error or ""):
                course.refuse(step)
            elif summary.exit_code not in _FINISHED or self.interruption.error:
                return
            elif summary.delivered:
                course.accept()

    def _choice(self, step: Step) -> Choice:
        """Return the orders of a window; the limit of side effects was asked for all beforehand."""
        return Choice(window=step.window, unguarded=self.unguarded, allow_side_effects=True)

    def _planned(self, workspace: Workspace, step: Step) -> BackfilledWindow:
        job, choice = workspace.job, Choice(window=step.window, unguarded=True)
        summary = dry_run(job, workspace.ledger, choice)
        seconds = backfill.seconds(job.contract, summary.requests, summary.bytes)
        return _window(step, summary, None if seconds is None else round(seconds, 1))


def _last(ended: Iterable[tuple[Step, Summary]]) -> list[tuple[Step, Summary]]:
    """Return how each window ended the last time that it was run, the oldest first."""
    return sorted(dict(ended).items(), key=lambda item: item[0].window.start)


def _reports(
    workspace: Workspace, runs: Sequence[Summary], listening: Observers
) -> list[RunReport]:
    run = together([each.as_dict() for each in runs]) if runs else None
    return [gathered(workspace, run, listening.wants)] if run else []


def _window(step: Step, summary: Summary, *budget: float | None) -> BackfilledWindow:
    """Return a window as it ended, or with the seconds that the budget makes it take."""
    counts = ("delivered", "invalid", "requests", "bytes", "changed_while_read")
    names = (*counts, "run_id", "exit_code", "error")
    return BackfilledWindow(
        window=str(step.window),
        orders=step.orders,
        seconds=budget[0] if budget else summary.seconds,
        to_send=summary.added + summary.changed + summary.in_doubt,
        **{name: getattr(summary, name) for name in names},
    )

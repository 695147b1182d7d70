"""Observers of runs, and the class that notifies several of them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.exceptions import ConnectorError, InterruptedRunError

if TYPE_CHECKING:  # commands that only read start faster without what runs need
    from connector.reporting.monitoring.run_report import RunReport
    from connector.runs.summary import Summary

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A window of a backfill: its number, the number of windows, its orders and those of all."""

    window: str
    number: int
    windows: int
    orders: int
    all_orders: int


@dataclass(frozen=True, slots=True)
class Started:
    """A run that starts: of an account, or of one window in a backfill."""

    destination: str
    environment: str
    command: str
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run, in orders; `wait` are the seconds until it continues."""

    phase: str  # planning, removing, sending or waiting
    planned: int
    delivered: int
    refused: int
    wait: float


class Observer:
    """Is notified of runs while they go on; override the methods that you need.

    The run waits for each call. An exception is logged and does not end the run.
    """

    wants: frozenset[str] = frozenset()
    """What reports are to hold that takes time to count: `state`, `reasons`, `before`."""

    def started(self, run: Started) -> None:
        """Handle the start of a run: it begins to read the views, and nothing was sent yet."""

    def progressed(self, run: Started, progress: Progress) -> None:
        """Handle progress: at the start of each phase, and after each answer."""

    def finished(self, run: Started, ended: "Summary | ConnectorError") -> None:
        """Handle the end of a run that still holds its ledger; it may never have started."""

    def reported(self, report: "RunReport") -> None:
        """Handle a command's result for one account, after all ledgers are released."""


class Observers(Observer):
    """Notifies each of several observers."""

    def __init__(self, observers: Iterable[Observer]) -> None:
        self._all = tuple(observers)
        self.wants = frozenset[str]().union(*(each.wants for each in self._all))

    def started(self, run: Started) -> None:
        """Pass it on."""
        self._tell("started", run)

    def progressed(self, run: Started, progress: Progress) -> None:
        """Pass it on."""
        self._tell("progressed", run, progress)

    def finished(self, run: Started, ended: "Summary | ConnectorError") -> None:
        """Pass it on."""
        self._tell("finished", run, ended)

    def reported(self, report: "RunReport") -> None:
        """Pass it on."""
        self._tell("reported", report)

    def _tell(self, event: str, *facts: Any) -> None:
        for each in self._all:
            try:
                getattr(each, event)(*facts)
            except InterruptedRunError:  # from a signal during the call
                raise
            except Exception as error:  # noqa: BLE001 - an observer must not fail a run
                names = (type(each).__name__, event, type(error).__name__)
                log.warning("the observer %s failed when it was told `%s` (%s)", *names)

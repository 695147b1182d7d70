"""How others are told of runs: what an observer hears, and what passes it on to all of them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.exceptions import ConnectorError, InterruptedRunError

if TYPE_CHECKING:  # who only reads starts sooner without what runs need
    from connector.reporting.telling import RunReport
    from connector.runs.summary import Summary

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A window of a backfill: the how many-eth of how many, and the orders of it and of all."""

    window: str
    number: int
    windows: int
    orders: int
    all_orders: int


@dataclass(frozen=True, slots=True)
class Started:
    """A run that begins: of an account, or of one window of it in a backfill."""

    destination: str
    environment: str
    command: str
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in orders; `wait` are the seconds until it goes on."""

    phase: str  # planning, removing, sending or waiting
    planned: int
    delivered: int
    refused: int
    wait: float


class Observer:
    """Hears of runs while they go on; override what you want to hear of.

    A call takes time of the run. What it raises is logged and ends nothing.
    """

    wants: frozenset[str] = frozenset()
    """What reports are to hold that takes time to count: `state`, `reasons`, `before`."""

    def started(self, run: Started) -> None:
        """Hear that a run begins to read the views; nothing was sent yet."""

    def progressed(self, run: Started, progress: Progress) -> None:
        """Hear how far it is: at the beginning of a phase, and after each answer."""

    def finished(self, run: Started, ended: "Summary | ConnectorError") -> None:
        """Hear how it ended, while it still holds its ledger; it may not have started at all."""

    def reported(self, report: "RunReport") -> None:
        """Hear what a command did for one account, after all of them let their ledgers go."""


class Observers(Observer):
    """Passes on what it hears to each of several observers."""

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
            except InterruptedRunError:  # by a signal that came just then
                raise
            except Exception as error:  # noqa: BLE001 - nothing that is told may fail what it tells of
                names = (type(each).__name__, event, type(error).__name__)
                log.warning("the observer %s failed when it was told `%s` (%s)", *names)

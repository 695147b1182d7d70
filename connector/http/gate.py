"""Lets requests through when the pace allows; shared by all workers, remembered across runs."""

import threading
import time
from pathlib import Path

from connector.contract.contract import Contract
from connector.http.answer import Answer
from connector.http.budget import RollingBudget
from connector.http.concurrency import Concurrency
from connector.http.pace import Pace
from connector.http.spending import Spending
from connector.settings.settings import Destination


class Gate:
    """A worker enters before each request and leaves after its answer."""

    def __init__(self, pace: Pace, spending: Spending | None) -> None:
        """Prepare; without `spending`, where there is no budget, nothing is recorded."""
        self._pace = pace
        self._spending = spending
        self._changed = threading.Condition()
        self._closed = False
        now = time.monotonic()
        for seconds_ago, size in spending.recall() if spending else ():
            pace.recall(now - seconds_ago, size)

    @property
    def workers(self) -> int:
        """Return how many requests may be under way."""
        return self._pace.workers

    def enter(self, request_id: str, size: int) -> bool:
        """Wait until a request of `size` bytes may start; false when none may any more."""
        with self._changed:
            while not self._closed:
                seconds = self._pace.wait(time.monotonic(), size)
                if seconds <= 0:
                    self._pace.begin(size)
                    if self._spending:
                        self._spending.begin(request_id, size)
                    return True
                self._changed.wait(min(seconds, threading.TIMEOUT_MAX))
        return False

    def leave(self, request_id: str, size: int, began: float, answer: Answer | None) -> None:
        """Count the request as spent, and learn from its answer."""
        with self._changed:
            self._pace.end(began, time.monotonic(), size, answer)
            if self._spending:
                self._spending.end(request_id, size)
            self._changed.notify_all()

    def pause(self, until: float) -> None:
        """Let nothing through before `until`, in seconds of the monotonic clock."""
        with self._changed:
            self._pace.pause(until)

    def close(self) -> None:
        """Let nothing through any more, and end every wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def new_gate(destination: Destination, contract: Contract, ledger: Path) -> Gate:
    """Return the gate of a run, with what the runs before it have spent of the budget."""
    concurrency = Concurrency(destination.delivery.concurrency)
    budget = destination.budget(contract)
    if not budget:
        return Gate(Pace((), concurrency), None)
    seconds = budget["seconds"]
    units = [unit for unit in budget if unit != "seconds"]
    budgets = [(RollingBudget(budget[unit], seconds), unit == "bytes") for unit in units]
    scope = f"{destination.name} {destination.scope.environment}"
    return Gate(Pace(budgets, concurrency), Spending(ledger, scope, seconds))

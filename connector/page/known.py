"""Caches answers about ledgers until they change, or while a run holds them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connector.exceptions import ConnectorError, LedgerHeldError

MOST = 128  # cached answers
FRESH = 10.0  # seconds after which the answer about an unchanged ledger expires, too


@dataclass(frozen=True, slots=True)
class Known:
    """An answer, its time, and the error that prevented a newer one."""

    value: Any = None
    at: str | None = None
    held: bool = False  # a run holds the ledger, and the answer is from before
    error: str | None = None
    mark: Any = None
    until: float = 0.0


class Memory:
    """Asks ledgers one question at a time, so that memory is bounded."""

    def __init__(self) -> None:
        self._known: OrderedDict[Any, Known] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, question: Any, ledger: Path, work: Callable[[], Any]) -> Known:
        """Return the answer of `work`, or the cached answer to the question."""
        with self._lock:
            before, mark = self._known.get(question, Known()), _mark(ledger)
            if before.at and before.mark == mark and time.monotonic() < before.until:
                return before
            try:
                found = work()
            except LedgerHeldError as error:
                return replace(before, held=True, error=None if before.at else str(error))
            except ConnectorError as error:
                return replace(before, error=str(error))
            until = time.monotonic() + FRESH
            return self._kept(question, Known(found, now(), mark=mark, until=until))

    def last(self, question: Any) -> Known:
        """Return the cached answer to a question, if any."""
        return self._known.get(question, Known())

    def keep(self, question: Any, known: Known) -> None:
        """Cache an answer that was computed elsewhere."""
        with self._lock:
            self._kept(question, known)

    def _kept(self, question: Any, known: Known) -> Known:
        self._known[question] = known
        self._known.move_to_end(question)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return known


def now() -> str:
    """Return the current time in ISO-8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mark(ledger: Path) -> tuple[tuple[int, int], ...]:
    """Return a value that changes whenever a ledger is written."""
    files = (ledger, ledger.with_name(f"{ledger.name}.wal"), ledger.with_suffix(".progress.json"))
    return tuple(_stat(path) for path in files)


def _stat(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)

"""What was sent when, remembered across runs, so that a run keeps the budget of the one before.

A file of JSON lines beside the ledger, mode 0600: destination and environment, time, bytes.
"""

import json
import logging
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connector.text import private_file

COMPACTED = 10_000  # lines after which the file is rewritten

log = logging.getLogger(__name__)


class Spending:
    """Notes each request before it is sent and again after its answer; the caller locks.

    A request without its second line was cut off by the end of its process.
    """

    def __init__(
        self,
        ledger: Path,
        scope: str,
        seconds: float,
        clock: Callable[[], float] = time.time,
        uptime: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; `scope` is whose budget it is, `seconds` the window that it is for.

        `clock` may be put forward or back between runs, `uptime` begins anew with the machine.
        """
        self._path = ledger.with_suffix(".spending.jsonl")
        self._scope = scope
        self._seconds = seconds
        self._clock = clock
        self._uptime = uptime
        self._notes = 0

    def recall(self) -> list[tuple[float, int]]:
        """Return the requests of earlier runs that still count: seconds ago, bytes.

        One that was cut off counts from now on, as nobody knows when its bytes arrived.
        """
        now = self._now()
        notes = [
            # A clock that was put back must not make a request count for longer.
            {**note, "id": "", "at": min(note["at"], now["at"])}
            if note["ended"]
            else {**note, **now, "id": "", "ended": True}
            for note in self._read()
        ]
        self._write(notes)
        return [(_age(note, now), note["bytes"]) for note in notes if note["scope"] == self._scope]

    def begin(self, request_id: str, size: int) -> None:
        """Note a request that is about to be sent."""
        self._note(request_id, size, ended=False)

    def end(self, request_id: str, size: int) -> None:
        """Note that it was answered, or that no answer will come."""
        self._note(request_id, size, ended=True)

    def _note(self, request_id: str, size: int, *, ended: bool) -> None:
        if self._notes >= COMPACTED:
            self._write(self._read())
        self._notes += 1
        facts = {"scope": self._scope, "id": request_id, "bytes": size, "ended": ended}
        self._append(facts | self._now() | {"seconds": self._seconds})

    def _now(self) -> dict[str, float]:
        return {"at": self._clock(), "up": self._uptime()}

    def _read(self) -> list[dict[str, Any]]:
        """Return what still counts in any scope, the last note of each request."""
        now = self._now()
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return []
        notes: dict[tuple[str, object], dict[str, Any]] = {}
        for number, line in enumerate(lines):
            if note := _parsed(line):
                notes[note["scope"], note["id"] or number] = note
        return [note for note in notes.values() if _counts(note, now)]

    def _write(self, notes: Iterable[dict[str, Any]]) -> None:
        """Replace the file."""
        with _forgiving(self._path):
            private_file.replace(self._path, _lines(notes))
        self._notes = 0

    def _append(self, note: dict[str, Any]) -> None:
        """Write a line at once, so that none is torn."""
        with _forgiving(self._path):
            number = private_file.opened(self._path, os.O_APPEND)
            with os.fdopen(number, "wb", 0) as file:
                file.write(_lines([note]).encode())


def _lines(notes: Iterable[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(note)}\n" for note in notes)


@contextmanager
def _forgiving(path: Path) -> Iterator[None]:
    """Only log that a file cannot be written: a full disk must not stop the sending."""
    try:
        yield
    except OSError as error:
        log.warning(
            "the spending file cannot be written; check the free space and the permissions, "
            "as a run that starts within the next minute could exceed the budget",
            extra={"error": type(error).__name__, "path": str(path)},
        )


def _counts(note: dict[str, Any], now: dict[str, float]) -> bool:
    return not note["ended"] or bool(_age(note, now) < note["seconds"])


def _age(note: dict[str, Any], now: dict[str, float]) -> float:
    """Return how many seconds ago a request was noted, at least.

    The machine has been up that long since then, or was restarted in between.
    """
    by_clock, up = now["at"] - float(note["at"]), float(note.get("up", -math.inf))
    return min(by_clock, now["up"] - up if up <= now["up"] else now["up"])


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return a note, or None for a line that a killed process left unfinished."""
    try:
        note = json.loads(line)
        complete = isinstance(note, dict) and float(note["at"]) and int(note["bytes"]) >= 0
        complete = complete and float(note.get("up", 0)) >= 0
        return note if complete and {"scope", "id", "seconds", "ended"} <= set(note) else None
    except (ValueError, KeyError, TypeError):
        return None

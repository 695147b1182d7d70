"""The changes of a run to its ledger since the last generation: DuckDB's log, in pieces.

A piece is written only if its number does not exist yet. This stops a runner that does not know
that another one has taken over. Each piece ends at the end of a transaction.
"""

import json
import struct
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from connector.blobs.blobs import ExistsError, MissingError
from connector.blobs.patient import Patient
from connector.exceptions import LedgerError, LedgerHeldError
from connector.remote.packs.damage import damaged

FOLDER = "log/"
THREADS = 8  # threads that fetch pieces
_LENGTH = struct.Struct("<I")
_SOON = 0.5  # seconds after which changes are sent that nobody waits for, with those that follow


class Journal:
    """Sends committed changes in order, from a separate thread."""

    def __init__(
        self, blobs: Patient, wal: Path, beside: Callable[[], Mapping[str, object]]
    ) -> None:
        """Prepare; `beside` returns the small files to store with each piece."""
        self._blobs, self._wal, self._beside = blobs, wal, beside
        self._generation, self._number = 0, 0
        self._noted = self._sent = 0  # bytes of the log
        self._error: Exception | None = None
        self._is_awaited = self._is_closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def begin(self, generation: int) -> None:
        """Start with an empty log after a generation."""
        with self._changed:
            self._generation, self._number = generation, 0
            self._noted = self._sent = 0

    def append(self) -> None:
        """Note that a transaction was committed; raises an error of earlier ones."""
        noted = size(self._wal)
        with self._changed:
            if self._error:
                raise self._error
            self._noted = max(noted, self._noted)
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until everything noted is in the store; raises the error if sending failed."""
        with self._changed:
            self._is_awaited = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._error or self._sent >= self._noted)
            self._is_awaited = False
            if self._error:
                raise self._error

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work)
                # A piece takes as long as the store needs for a write, whatever its size.
                self._changed.wait_for(self._is_urgent, _SOON)
                if self._is_closing:
                    return
                if not self._has_work():  # a generation took its place
                    continue
                start, end = self._sent, self._noted
                self._number += 1
                key = _key(self._generation, self._number)
            error = self._send(key, start, end)
            with self._changed:
                self._error, self._sent = error, self._sent if error else end
                self._changed.notify_all()

    def _has_work(self) -> bool:
        return self._is_closing or (not self._error and self._sent < self._noted)

    def _is_urgent(self) -> bool:
        return self._is_closing or self._is_awaited

    def _send(self, key: str, start: int, end: int) -> Exception | None:
        try:
            data = _read(self._wal, start, end)
            header = json.dumps(self._beside()).encode()
            self._blobs.put_new(key, _LENGTH.pack(len(header)) + header + data)
        except ExistsError:
            return LedgerHeldError(
                f"another run has taken over the ledger {self._blobs.address} and written {key}; "
                "nothing more is sent; look at `connector status`"
            )
        except OSError as error:
            told = f"the log of the ledger cannot be read ({error})"
            return LedgerError(f"{told}; check the disk, then run it again")
        except Exception as error:  # noqa: BLE001 - the run, which waits, raises it
            return error
        return None


def _read(wal: Path, start: int, end: int) -> bytes:
    with wal.open("rb") as file:
        file.seek(start)
        return file.read(end - start)


def fetch(blobs: Patient, generation: int, wal: Path) -> tuple[int, Mapping[str, str]]:
    """Write the log that follows a generation; return its number of pieces and the small files.

    Raises LedgerError when a piece is missing.
    """
    wal.unlink(missing_ok=True)
    known = keys(blobs, generation)
    for number, key in enumerate(known, 1):
        if key != _key(generation, number):
            raise damaged(blobs, _key(generation, number))
    if not known:
        return 0, {}
    with ThreadPoolExecutor(THREADS) as pool, wal.open("wb") as file:
        wal.chmod(0o600)
        beside: Mapping[str, str] = {}
        for key, (data, _) in zip(known, pool.map(blobs.get, known), strict=True):
            try:
                header, body = _parts(data)
            except ValueError as error:
                raise damaged(blobs, key) from error
            beside = header.get("beside", beside)
            file.write(body)
    return len(known), beside


def keys(blobs: Patient, generation: int) -> list[str]:
    """Return the keys of the pieces that follow a generation, in order."""
    return [found.key for found in blobs.listed(f"{FOLDER}{generation:09d}/")]


def beside(blobs: Patient, generation: int) -> Mapping[str, str]:
    """Return the small files stored with the last piece that can be read."""
    for key in reversed(keys(blobs, generation)):
        with suppress(MissingError, ValueError):
            if found := _parts(blobs.get(key)[0])[0].get("beside"):
                return dict(found)
    return {}


def broken(blobs: Patient, generation: int) -> list[str]:
    """Return the keys of the pieces after a generation that are missing or cannot be read."""
    known, found = keys(blobs, generation), []
    for number in range(1, len(known) + 1):
        key = _key(generation, number)
        try:
            _parts(blobs.get(key)[0])
        except (MissingError, ValueError):
            found.append(key)
    return found


def _parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the header and the log of a piece; raises ValueError."""
    if len(data) < _LENGTH.size:
        raise ValueError("the piece has no header")
    body = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    return json.loads(data[_LENGTH.size : body]), data[body:]


def fence(blobs: Patient, generation: int, number: int) -> bool:
    """Occupy the number of the next piece; return false when that piece exists by now."""
    try:
        blobs.put_new(_key(generation, number), _LENGTH.pack(2) + b"{}")
    except ExistsError:
        return False
    return True


def size(wal: Path) -> int:
    """Return the bytes of DuckDB's log, which is missing when it is empty."""
    return wal.stat().st_size if wal.exists() else 0


def _key(generation: int, number: int) -> str:
    return f"{FOLDER}{generation:09d}/{number:09d}"

"""Runs one process and says what it took."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.2  # seconds between two looks at spill files
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}  # as what is installed is, wherever this runs


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took; every sender is a single process."""

    wall: float  # seconds from start to end, as cpu is of user and system
    cpu: float
    peak: float  # MiB of resident memory
    spilled: float  # MiB of spill files at the same time, as far as was seen
    spill_left: int  # files
    out: str


class SpillWatch(threading.Thread):
    """Looks at the spill files of a ledger's folder while a process runs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder, self._ended, self.most = folder, threading.Event(), 0

    def run(self) -> None:
        """Look until the end."""
        while not self._ended.wait(LOOK):
            with suppress(OSError):
                sizes = [path.stat().st_size for path in self._folder.glob("spill-*/*")]
                self.most = max(self.most, sum(sizes))

    def end(self) -> int:
        """Stop looking, and return how many files are left."""
        self._ended.set()
        self.join()
        return len(list(self._folder.glob("spill-*")))


def measure(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    codes: tuple[int, ...] = (0,),
    folder: Path = Path("nowhere"),
) -> Measured:
    """Run a command to its end; raises RuntimeError when it ends with none of the codes.

    `folder` is that of the ledger, whose spill files are watched.
    """
    watch = SpillWatch(folder)
    watch.start()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=errors,
            env={**os.environ, **COMPILED, **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), errors.seek(0)
        if process.returncode not in codes:
            raise RuntimeError(f"{command} ended with {process.returncode}: {errors.read()}")
        cpu = usage.ru_utime + usage.ru_stime
        peak = usage.ru_maxrss / 1024
        return Measured(wall, cpu, peak, watch.most / 2**20, watch.end(), out.read())

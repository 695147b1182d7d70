"""Builds and starts the sink that all senders post to."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink; `kind` is C, or Python where there is no compiler."""

    host: str
    kind: str

    def url(self, milliseconds: int = 0) -> str:
        """Return where to post to for an answer after so long."""
        return f"{self.host}/ingest" + (f"/{milliseconds}" if milliseconds else "")

    def reset(self) -> None:
        """Begin again at zero."""
        urlopen(Request(f"{self.host}/reset", b"", method="POST")).close()  # noqa: S310

    def stats(self) -> dict[str, Any]:
        """Return requests, bytes, orders, and seconds from the first request to the last answer."""
        with urlopen(f"{self.host}/stats") as answer:  # noqa: S310 - our own loopback
            found: dict[str, Any] = json.load(answer)
            return found


@contextmanager
def sink(folder: Path) -> Iterator[Sink]:
    """Yield a sink on a free port of 127.0.0.1, built in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    compiler, program = shutil.which("cc"), folder / "sink"
    command: list[str | Path] = [sys.executable, HERE / "slow_sink.py"]
    if compiler:
        options = ("-O2", "-pthread", "-o", program)
        subprocess.run((compiler, *options, HERE / "sink.c"), check=True)
        command = [program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            yield Sink(f"http://127.0.0.1:{port}", "C" if compiler else "Python")
        finally:
            process.terminate()

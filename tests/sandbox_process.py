"""Runs the sandbox as the real process that a user starts."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import requests

_COMMAND = "from connector.cli.sandbox import command; command()"
_SECONDS = 20


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox; `orders` are parsed, `texts` are as they were received."""

    url: str
    process: subprocess.Popen[str]

    def counts(self) -> dict:
        return self._get("counts").json()

    def orders(self) -> list[dict]:
        return [json.loads(text) for text in self.texts()]

    def texts(self) -> list[str]:
        return self._get("orders").content.decode().split("\n")[:-1]

    def writes(self) -> dict[str, int]:
        return self._get("writes").json()

    def writes_of(self, key: str) -> list[dict]:
        return self._get(f"writes?key={key}").json()

    def faults(self, faults: list[str]) -> None:
        self._put("faults", faults)

    def poison(self, **poison: str) -> None:
        """Take `named`, `unnamed` (regular expressions) and `everything` (a message)."""
        self._put("poison", poison)

    def reset(self) -> None:
        requests.post(f"{self.url}/sandbox/reset", timeout=_SECONDS).raise_for_status()

    def _get(self, path: str) -> requests.Response:
        answer = requests.get(f"{self.url}/sandbox/{path}", timeout=_SECONDS)
        answer.raise_for_status()
        return answer

    def _put(self, path: str, value: object) -> None:
        answer = requests.put(f"{self.url}/sandbox/{path}", json=value, timeout=_SECONDS)
        assert answer.ok, answer.text


@contextlib.contextmanager
def sandbox(*arguments: str, port: int = 0) -> Iterator[Sandbox]:
    """Start a sandbox with options of the command line, wait until it answers, and end it."""
    command = [sys.executable, "-c", _COMMAND, f"--port={port}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("sandbox ready at http"), line
            yield Sandbox(line.split()[-1], process)
        finally:
            process.terminate()
            _ended(process)


def _ended(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()

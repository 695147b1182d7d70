"""Runs the sandbox as the real process that a user starts."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import requests

from tests.unmeasured import unmeasured

_COMMAND = "from connector.cli import main; main()"
_ROOT = Path(__file__).parents[1]
_SECONDS = 120  # for a machine that is busy
# What a test sets for the process under test, such as a proxy, must not affect the test itself.
_CALLS = requests.Session()
_CALLS.trust_env = False


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox; `orders` are parsed, `texts` are as they were received.

    It tells of one destination; `at` tells of another.
    """

    url: str
    process: subprocess.Popen[str]
    destination: str = "northbeam"

    def at(self, destination: str) -> "Sandbox":
        return replace(self, destination=destination)

    def counts(self) -> dict:
        return self._get("counts").json()

    def orders(self) -> list[dict]:
        return [json.loads(text) for text in self.texts()]

    def texts(self) -> list[str]:
        return self._get("orders").content.decode().split("\n")[:-1]

    def writes(self) -> dict[str, int]:
        return self._get("writes").json()

    def writes_of(self, key: str) -> list[dict]:
        return self._get("writes", key=key).json()

    def live_records(self) -> dict[str, int]:
        """How many records of each order are neither void nor deleted."""
        return self._get("records").json()

    def records_of(self, key: str) -> list[dict]:
        return self._get("records", key=key).json()

    def events(self) -> dict[str, int]:
        return self._get("events").json()

    def events_of(self, key: str) -> list[dict]:
        return self._get("events", key=key).json()

    def faults(self, faults: list[str]) -> None:
        self._put("faults", faults)

    def giving(self, **giving: object) -> None:
        """Take `most_rows`, `hides`, `error` and `shape`: how orders are read back."""
        self._put("giving", giving)

    def delete(self, key: str) -> None:
        """Delete an order without the connector's knowledge."""
        self._meddle("DELETE", {}, key=key)

    def change(self, key: str, **members: object) -> None:
        """Set members of a stored order."""
        self._meddle("PATCH", members, key=key)

    def add(self, like: str, **members: object) -> None:
        """Add a copy of an order with some members changed: another one, or a second record."""
        self._meddle("POST", members, key=like)

    def poison(self, **poison: str) -> None:
        """Set refusals: `named` and `unnamed` (regular expressions), `everything` (a message)."""
        self._put("poison", poison)

    def variant(self, variant: str) -> None:
        """Take another shape of answers, such as Yespo's `list`, `object` or `empty`."""
        self._put("variant", variant)

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Hold back all answers meanwhile, so that requests stay in flight as long as needed."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def reset(self) -> None:
        _CALLS.post(f"{self.url}/sandbox/reset", timeout=_SECONDS).raise_for_status()

    def _get(self, path: str, **query: str) -> requests.Response:
        answer = _CALLS.get(self._url(path), self._query(query), timeout=_SECONDS)
        answer.raise_for_status()
        return answer

    def _meddle(self, method: str, members: dict[str, object], **query: str) -> None:
        answer = _CALLS.request(
            method, self._url("orders"), params=self._query(query), json=members, timeout=_SECONDS
        )
        assert answer.ok, answer.text
        assert answer.json() >= 1

    def _put(self, path: str, value: object) -> None:
        answer = _CALLS.put(self._url(path), params=self._query({}), json=value, timeout=_SECONDS)
        assert answer.ok, answer.text

    def _url(self, path: str) -> str:
        return f"{self.url}/sandbox/{path}"

    def _query(self, query: dict[str, str]) -> dict[str, str]:
        return query | {"destination": self.destination}


@contextlib.contextmanager
def sandbox(*arguments: str, port: int = 0, project: Path = _ROOT) -> Iterator[Sandbox]:
    """Start a sandbox with options of the command line, wait until it answers, and end it.

    Its coverage is not measured, which would slow it down: its own tests start a measured one.
    """
    with contextlib.ExitStack() as stack:
        with unmeasured():
            started = stack.enter_context(measured_sandbox(*arguments, port=port, project=project))
        yield started


@contextlib.contextmanager
def measured_sandbox(*arguments: str, port: int = 0, project: Path = _ROOT) -> Iterator[Sandbox]:
    """The same, with its coverage measured."""
    command = [sys.executable, "-c", _COMMAND, f"--project-dir={project}", "sandbox"]
    command += [f"--port={port}", *arguments]
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

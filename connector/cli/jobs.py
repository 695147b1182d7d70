"""Several accounts at the same time: a process each, which share the limits of one.

So each keeps what a run owes to a signal, a crash of one ends no other, and what they do in Python
waits for nobody. What they print stands together.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from tempfile import TemporaryFile
from types import FrameType
from typing import Any, BinaryIO

import click

from connector import Connector, Failure, Results, RunReport, Summary
from connector.api.chosen import Chosen, choice
from connector.api.reporting import known
from connector.api.sending import Sending
from connector.cli.listening import ENDING, listening
from connector.cli.terminal import pass_on, tell_error
from connector.exceptions import ConnectorError, CrashError, InterruptedRunError
from connector.reporting.alerts import Alert
from connector.runs.every import every
from connector.runs.workspace import Account
from connector.text import log

_CHILD = (sys.executable, "-P", "-c", "from connector.cli.child import main; main()")
_NOT_BEGUN = "interrupted before its run began; start it again when you like"
_SIGNALS = 128  # a process that a signal has ended has an exit code above it


class Jobs:
    """Runs accounts, some at a time."""

    def __init__(self, context: click.Context, told: Mapping[str, Any], jobs: int) -> None:
        """Prepare; `told` are output and metrics, as the command was given them."""
        given = context.find_root().params
        logs = {name: given[name] for name in ("verbosity", "log_format")}
        self._asked = {**logs, **told, "quiet": context.obj["quiet"]}
        self._jobs = jobs
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lock = threading.RLock()
        self._signal = 0  # that came

    def send(
        self, project: Connector, names: Sequence[str], chosen: Chosen, *, built: bool
    ) -> Results[Summary]:
        """Send what `sync` of a project sends."""
        sending = project.sending(choice(chosen), "sync")
        return sending.each(names, built=built, jobs=self._each)

    def _each(self, sending: Sending, accounts: Sequence[Account]) -> list[Summary | Failure]:
        """Return what came of each account, and add to what is reported."""
        self._jobs = min(self._jobs, len(accounts))
        options = {"options": asdict(sending.options), "choice": asdict(sending.choice)}
        self._asked |= {**options, "command": sending.command, "jobs": self._jobs}
        with self._listening():
            found = every(accounts, self._run, self._jobs)
        sending.reports += [RunReport(**report) for one in found for report in one["reports"]]
        return [_result(one) for one in found]

    def _run(self, account: Account) -> dict[str, Any]:
        with TemporaryFile() as asked, TemporaryFile() as printed, TemporaryFile() as result:
            request = self._asked | {"account": account.name}
            asked.write(json.dumps(request, default=str).encode())
            asked.seek(0)
            process = self._started(asked, printed, result)
            if process is None:
                return self._failed(account, InterruptedRunError(_NOT_BEGUN, self._signal))
            with process:
                for line in process.stderr or ():
                    self._pass_on(account, line.decode(errors="replace").rstrip("\n"))
                process.wait()
            with self._lock:
                pass_on(_text(printed), err=False)
            text = _text(result)
        if not text:
            return self._failed(account, _ended(account, process.returncode))
        found: dict[str, Any] = json.loads(text)
        return found

    def _started(
        self, asked: BinaryIO, printed: BinaryIO, result: BinaryIO
    ) -> "subprocess.Popen[bytes] | None":
        """Start a process with what it is asked for, unless a signal came."""
        files = [asked.fileno(), result.fileno()]
        with self._lock:
            if self._signal:
                return None
            process = subprocess.Popen(  # noqa: S603 - our own code, by our own Python
                [*_CHILD, *map(str, files)],
                stdin=subprocess.PIPE,  # which stays open for as long as we are there
                stdout=printed,
                stderr=subprocess.PIPE,
                pass_fds=files,
                process_group=0,  # Ctrl-C of the terminal is passed on by us, once
            )
            self._processes.append(process)
        return process

    def _failed(self, account: Account, error: ConnectorError) -> dict[str, Any]:
        """Return the result of an account whose process has told nothing."""
        with self._lock:
            tell_error(error)
        return {"failure": known(account.scope, error), "reports": []}

    def _pass_on(self, account: Account, line: str) -> None:
        """Print what a process says, with the name of its account."""
        name = f"{account.name}:"
        is_named = log.is_json() or line.removeprefix("Error: ").startswith(name)
        with self._lock:
            pass_on(line if is_named else f"{name} {line}")

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Pass SIGINT and SIGTERM on to all processes until the block ends."""
        if threading.current_thread() is not threading.main_thread():
            yield  # nobody tells another thread
            return
        with listening(self._on_signal):
            yield

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        with self._lock:
            self._signal = number
            for process in self._processes:
                process.send_signal(number)  # does nothing when it has ended


def _result(found: Mapping[str, Any]) -> Summary | Failure:
    """Return what a process has written as the result that it had."""
    if run := found.get("summary"):
        return Summary(**{**run, "alerts": [Alert(**alert) for alert in run["alerts"]]})
    run = found["failure"]
    error = _said(run["error"], run["cause"], run["exit_code"])
    return Failure(run["destination"], run["environment"], error, run)


def _said(message: str, cause: str, exit_code: int) -> ConnectorError:
    """Return an error that a process of ours has told already."""
    error = ConnectorError(message).because(cause)
    error.exit_code, error.is_said = exit_code, True
    return error


def _text(file: BinaryIO) -> str:
    """Return what a process has written into a file."""
    file.seek(0)
    return file.read().decode(errors="replace").rstrip("\n")


def _ended(account: Account, code: int) -> ConnectorError:
    """Return the error for a process that ended before it could tell anything."""
    number = -code if code < 0 else code - _SIGNALS
    if number in ENDING:
        return InterruptedRunError(
            f"{account.name}: ended at once by a second signal, or before its run began; what was "
            "in flight is in doubt and goes with the next run",
            number,
        )
    how = f"by signal {-code}" if code < 0 else f"with {code}"
    return CrashError(
        f"{account.name}: its process ended {how} before it could tell what came of it; what it "
        "was sending is in doubt and goes with the next run"
    )

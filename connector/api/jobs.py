"""Several accounts at the same time: a process for each, which share the limits of one.

A crash of one does not end the others, and they do not share Python's lock. Observers hear of all
runs in the process of the caller, one event at a time.
"""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from connector.api.child import Request
from connector.api.observers import listeners
from connector.api.reporting import known
from connector.api.results import Failure
from connector.exceptions import ConnectorError, CrashError, InterruptedRunError
from connector.reporting.monitoring.run_report import RunReport
from connector.runs.every import every
from connector.runs.observer import Started
from connector.runs.summary import Summary
from connector.runs.workspace import Account

if TYPE_CHECKING:
    from connector.api.sending import Sending

_CHILD = (sys.executable, "-P", "-c", "from connector.api.child import main; main()")
_NOT_BEGUN = "interrupted before its run began; start it again when you like"
_SIGNALS = 128  # above it, the exit code of a process that a signal has ended
_ENDING = (signal.SIGINT, signal.SIGTERM)


class Jobs:
    """Sends to several accounts, up to `jobs` of them at the same time."""

    def __init__(self, sending: "Sending", accounts: Sequence[Account], jobs: int) -> None:
        self._sending, self._accounts = sending, accounts
        self._jobs = min(jobs, len(accounts))
        self._listening = listeners(accounts[0].config, sending.observers)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lock = threading.RLock()
        self._signal = 0  # that came

    def run(self) -> list[Summary | Failure]:
        """Return what came of each account, and add to what the call reports."""
        self._sending.interruption.sending(self)
        try:
            return every(self._accounts, self._one, self._jobs)
        except BaseException:
            self.interrupt(signal.SIGTERM)
            raise
        finally:
            self._sending.interruption.sent()

    def interrupt(self, number: int) -> None:
        """Pass a signal on to all processes; no further process is started."""
        with self._lock:
            self._signal = number
            for process in self._processes:
                process.send_signal(number)  # does nothing when it has ended

    def _one(self, account: Account) -> Summary | Failure:
        ours, theirs = Pipe()
        with ours:
            process = self._started(theirs)
            if process is None:
                return self._failed(account, InterruptedRunError(_NOT_BEGUN, self._signal))
            with process:
                found = self._heard(account, ours)
                process.wait()
        return found or self._failed(account, _ended(account, process.returncode))

    def _started(self, theirs: Connection) -> "subprocess.Popen[bytes] | None":
        """Start a process, unless a signal came."""
        with theirs, self._lock:
            if self._signal:
                return None
            process = subprocess.Popen(  # noqa: S603 - our own code, by our own Python
                [*_CHILD, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl-C reaches only us; we pass it on once
            )
            self._processes.append(process)
            return process

    def _heard(self, account: Account, ours: Connection) -> Summary | Failure | None:
        """Pass on the events of a process, and return its result or None if there is none."""
        sending = self._sending
        given = (sending.options, account.name, sending.choice, sending.command, self._jobs)
        level = logging.getLogger().getEffectiveLevel()
        with suppress(EOFError, OSError):  # it has ended
            ours.send(Request(*given, self._listening.wants, level))
            while True:
                event, *facts = ours.recv()
                if event == "result":
                    result: tuple[Summary | Failure, list[RunReport]] = facts[0]
                    with self._lock:
                        sending.reports += result[1]
                    return result[0]
                self._pass_on(account, event, facts)
        return None

    def _pass_on(self, account: Account, event: str, facts: list[Any]) -> None:
        with self._lock:
            if event == "log":
                _log(account, facts[0])
            else:
                getattr(self._listening, event)(*facts)

    def _failed(self, account: Account, error: ConnectorError) -> Failure:
        """Return the result of an account whose process sent none."""
        run = Started(**account.scope.values(), command=self._sending.command)
        with self._lock:
            self._listening.finished(run, error)
        return Failure(**account.scope.values(), exception=error, known=known(account.scope, error))


def _log(account: Account, facts: dict[str, Any]) -> None:
    """Log what a process has logged, with the name of its account."""
    record = logging.makeLogRecord(facts)
    if not str(record.msg).startswith(f"{account.name}:"):
        record.msg = f"{account.name}: {record.msg}"
    logging.getLogger(record.name).handle(record)


def _ended(account: Account, code: int) -> ConnectorError:
    """Return the error for a process that ended before it sent a result."""
    number = -code if code < 0 else code - _SIGNALS
    if number in _ENDING:
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

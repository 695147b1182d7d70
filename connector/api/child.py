"""The process that sends to one account, when several are sent to at the same time; see `jobs`."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from connector.runs.observer import Observer
from connector.runs.workspace import Options

_SIGNALS = 128  # above it, the exit code of a process that a signal has ended


@dataclass(frozen=True, slots=True)
class Request:
    """What the process does: the part of a call for one account; `jobs` run at the same time."""

    options: Options
    account: str
    choice: Any
    command: str
    jobs: int
    wants: frozenset[str]  # what the observers of the caller want reports to hold
    log_level: int


def main() -> None:
    """Do what the connection asks for, and send back each event and at last the result.

    The number of the connection's file is the argument. When the caller is gone, what is in flight
    is finished, as after a signal.
    """
    os.umask(0o077)
    connection = Connection(int(sys.argv[1]))
    request: Request = connection.recv()
    channel = _Channel(connection)
    logging.getLogger().handlers[:] = [_Forwarded(channel)]
    logging.getLogger().setLevel(request.log_level)
    threading.Thread(target=_end_with_caller, args=(connection,), daemon=True).start()
    channel.send("result", _sent(request, channel))
    # Neither a worker that waits for an answer nor the thread above must keep the process.
    os._exit(0)


def _end_with_caller(connection: Connection) -> None:
    try:
        connection.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)


def _sent(request: Request, channel: "_Channel") -> tuple[Any, Sequence[Any]]:
    """Return what came of the account, and what is to be reported of it."""
    from connector.api.connector import Connector
    from connector.runs.workspace import configured

    project = Connector(request.options, [_Teller(channel, request.wants)])
    sending = project.sending(request.choice, request.command)
    signals = _Signals(project)
    (account,), warehouse = configured(request.options, [request.account])
    found = sending.alone(account.sharing(request.jobs), warehouse)
    signals.ignore()
    return found, sending.reports


class _Signals:
    """Lets the first signal end the run, and the second the process at once."""

    def __init__(self, project: Any) -> None:
        self._project, self._came = project, False
        self._handle(self._on_signal)

    def ignore(self) -> None:
        """Ignore signals from now on: the run has ended."""
        self._handle(signal.SIG_IGN)

    def _handle(self, handler: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self._came:
            os._exit(_SIGNALS + number)
        self._came = True
        if error := self._project.interrupt(number):
            raise error


class _Channel:
    """Sends events to the caller, from any thread; what a caller that is gone misses is dropped."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._lock = connection, threading.RLock()

    def send(self, *event: Any) -> None:
        try:
            with self._lock:
                self._connection.send(event)
        except OSError:
            return  # the thread that waits for the caller ends the run


class _Teller(Observer):
    """Passes what this process's run reports on to the observers of the caller."""

    def __init__(self, channel: _Channel, wants: frozenset[str]) -> None:
        self._channel, self.wants = channel, wants

    def started(self, *facts: Any) -> None:
        self._channel.send("started", *facts)

    def progressed(self, *facts: Any) -> None:
        self._channel.send("progressed", *facts)

    def finished(self, *facts: Any) -> None:
        self._channel.send("finished", *facts)


class _Forwarded(logging.Handler):
    """Hands log records to the caller."""

    def __init__(self, channel: _Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        facts = vars(record) | {"msg": record.getMessage(), "args": None, "exc_info": None}
        self._channel.send("log", facts)

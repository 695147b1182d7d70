"""Ends a call over HTTP that takes too long, whatever it waits for.

A time-out of a socket begins anew with each byte, so that an answer that drips never ends. Here one
thread watches all calls, and shuts down the connection of one whose time is over.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from typing import Any


class Call:
    """One call: at most `timeouts` seconds to connect, and then until the whole answer is there."""

    def __init__(self, timeouts: tuple[float, float]) -> None:
        self._timeouts = timeouts
        self._connection: Any = None  # a socket, or what TLS within TLS wraps around one
        self.latest = inf
        self.is_connected = False
        self.is_overdue = False

    def connects(self, connection: Any = None) -> None:
        """Note that a connection is made, by a socket as soon as there is one."""
        self._connection = connection
        if connection is None:
            self.latest = time.monotonic() + self._timeouts[0]
            _watch.look(self.latest)

    def asks(self, connection: Any) -> None:
        """Note that a request uses a connection from now on, and that its answer comes."""
        self._connection, self.is_connected = connection, True
        self.latest = time.monotonic() + self._timeouts[1]
        _watch.look(self.latest)

    def check(self) -> None:
        """Raise TimeoutError when the call took too long: a cut answer may look complete."""
        if self.is_overdue:
            raise TimeoutError

    def end(self) -> None:
        """Make whatever waits on the connection continue with an error."""
        self.is_overdue = True
        connection = getattr(self._connection, "socket", self._connection)
        if isinstance(connection, socket.socket):
            with suppress(OSError):  # it is closed already
                # Of a socket itself: that of TLS would speak in clear text from then on.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Watch:
    """The calls under way in all threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: set[Call] = set()
        self._thread: threading.Thread | None = None
        self._next = inf  # when it looks again

    def add(self, call: Call) -> None:
        with self._changed:
            self._calls.add(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="calls", daemon=True)
                self._thread.start()

    def remove(self, call: Call) -> None:
        with self._changed:
            self._calls.discard(call)

    def look(self, latest: float) -> None:
        """Look again when a call is over its time, if that is sooner than the next look."""
        with self._changed:
            if latest < self._next:
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for call in [call for call in self._calls if call.latest <= now]:
                    self._calls.discard(call)
                    call.end()
                self._next = min((call.latest for call in self._calls), default=inf)
                self._changed.wait(min(self._next - now, threading.TIMEOUT_MAX))


_watch = _Watch()
_threads = threading.local()


@contextmanager
def limited(timeouts: tuple[float, float]) -> Iterator[Call]:
    """Yield a call that this thread makes with the connections of `watched`."""
    call = _threads.call = Call(timeouts)
    _watch.add(call)
    try:
        yield call
    finally:
        _watch.remove(call)
        _threads.call = None


def watched(kind: type[Any]) -> type[Any]:
    """Return a class of urllib3's connections whose calls end in time."""

    def connecting(connection: Any) -> socket.socket:
        made: socket.socket = kind._new_conn(connection)  # noqa: SLF001 - meant to be replaced
        _tell(lambda call: call.connects(made))
        return made

    def connect(connection: Any) -> None:
        _tell(lambda call: call.connects())
        kind.connect(connection)
        _tell(lambda call: call.asks(connection.sock))

    def request(connection: Any, *arguments: Any, **named: Any) -> None:
        if connection.sock:
            _tell(lambda call: call.asks(connection.sock))
        kind.request(connection, *arguments, **named)

    members = {"_new_conn": connecting, "connect": connect, "request": request}
    return type(f"Watched{kind.__name__}", (kind,), members)


def _tell(tell: Callable[[Call], None]) -> None:
    call: Call | None = getattr(_threads, "call", None)
    if call:
        tell(call)

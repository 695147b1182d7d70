"""Passes bytes on between a program and a server, counts them, and can cut the connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """A relay on loopback; `answered` are the bytes that the server sent, `awaited` is a text."""

    port: int
    answered: int = 0
    awaited: bytes = b""
    has_seen: threading.Event = field(default_factory=threading.Event)
    sockets: list[socket.socket] = field(default_factory=list)

    def wait_for(self, text: str) -> None:
        """Wait until the program has sent a text."""
        assert self.has_seen.wait(60), text

    def cut(self) -> None:
        """Cut every connection, and take no more of them."""
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def pass_on(self, source: socket.socket, sink: socket.socket, *, answers: bool) -> None:
        """Pass on what arrives until one of the two ends."""
        with suppress(OSError):
            while data := source.recv(65536):
                if answers:
                    self.answered += len(data)
                elif self.awaited and self.awaited in data:
                    self.has_seen.set()
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay(port: int) -> Iterator[Relay]:
    """Run a relay to a port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Relay(server.getsockname()[1], sockets=[server])
        threading.Thread(target=_serve, args=(found, server, port), daemon=True).start()
        yield found
        found.cut()


def _serve(found: Relay, server: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            target = socket.create_connection(("127.0.0.1", port))
            found.sockets += [client, target]
            for source, sink, answers in ((client, target, False), (target, client, True)):
                given = {"args": (source, sink), "kwargs": {"answers": answers}}
                threading.Thread(target=found.pass_on, daemon=True, **given).start()

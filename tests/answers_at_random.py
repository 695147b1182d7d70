"""A server that gives random answers: status, headers, body and timing."""

import contextlib
import gzip
import itertools
import json
import math
import random
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LIMIT = 0.8  # seconds that the client waits for an answer
PIECE = 1 << 20
MOST = 300  # pieces of an endless body

STATUSES = (
    *(200, 201, 202, 204, 226, 300, 302, 304, 307, 400, 408, 409, 413, 422, 425),
    *(500, 502, 503, 504, 599, 999),
)
ENDING = (401, 402, 403, 404, 405, 410, 411, 415, 429, 431, 451)  # after which a run sends no more
HEADERS = {
    "none": b"",
    "json": b"Content-Type: application/json\r\n",
    "html": b"Content-Type: text/html\r\n",
    "odd type": b"Content-Type: \xff/;;=\x01\r\n",
    "location": b"Location: http://[::1\r\n",
    "retry": b"Retry-After: 0\r\n",
    "absurd retry": b"Retry-After: -1e999\r\nDate: never\r\n",
    "many": b"".join(b"X-%d: y\r\n" % number for number in range(80)),
    "cookies": b"Set-Cookie: a=%s; Path=/\r\n" % (b"x" * 4000),
    "continue": b"",
}
WELL = {  # what an API may say when it has accepted an order: an object, or nothing
    "empty": b"",
    "object": b"{}",
    "received": b'{"message": "Orders received"}',
    "escapes": b'{"response": "\\ud800\\u0000\\u001b]52;c;x\\u0007"}',
}
BODIES = {
    **WELL,
    "page": b"<!DOCTYPE html><html>Bad gateway</html>",
    "text": b"accepted",
    "list": b"[]",
    "errors": b'{"response": [{"order_id": {"a": 1}, "message": []}, 5, null]}',
    "half": b'{"message": "Orders rec',
    "deep": b"[" * 100_000,
    "digits": b'{"retry_after_seconds": %s}' % (b"9" * 5_000),
    "bytes": bytes(range(256)) * 40,
    "word": b'"' + b"x" * 100_000 + b'"',
}
FRAMES = ("length", "chunked", "close", "gzip", "short", "long", "no chunk", "endless")
WHOLE = ("length", "chunked", "close", "gzip")  # after which the client has all of the body
TIMINGS = ("at once", "in pieces", "cut", "reset", "dripping headers", "dripping body")
SHORT = 3  # bytes missing from the declared length
QUICK = ("at once", "in pieces")
DRIPS = 8  # blanks that come within the limit


@dataclass(frozen=True)
class Combination:
    """One answer; whether it accepts the order is decided here, from its parts alone."""

    status: int
    headers: str
    body: str
    frame: str
    timing: str

    @property
    def accepts(self) -> bool:
        """Whether the order counts as accepted: a complete success with a JSON body or none."""
        if not self._says_so or self.timing not in QUICK:
            return False
        if self.status == 204:  # which has no body, whatever follows
            return self.frame in {"length", "close"}
        is_nothing = self.frame == "short" and len(BODIES[self.body]) <= SHORT
        is_untold = self.frame == "close" and self.body == "empty"
        return is_nothing or (self.frame in WHOLE and self.body in WELL and not is_untold)

    @property
    def may_accept(self) -> bool:
        """Whether it may count as accepted: the part that is missing adds nothing new."""
        ends_early = self.timing in {"cut", "reset"} and (
            self.frame in {"chunked", "gzip", "short"} or self.body == "empty"
        )
        is_empty = self.status == 204 and self.timing != "dripping headers"
        if self.timing == "dripping body" and self._declared <= DRIPS:
            return 200 <= self.status < 300  # blanks that are whole are nothing
        return self.accepts or (self._says_so and (ends_early or is_empty))

    @property
    def _declared(self) -> float:
        """The bytes of a body with the declared length; without one they never end."""
        lacking = {"length": 0, "short": SHORT}.get(self.frame, -math.inf)
        return max(0.0, len(BODIES[self.body]) - lacking)

    @property
    def _says_so(self) -> bool:
        is_well = self.body in WELL or self.status == 204
        return 200 <= self.status < 300 and (is_well or self.frame == "short")

    @property
    def is_slow(self) -> bool:
        return self.timing.startswith("dripping")

    def pieces(self) -> Iterator[bytes]:
        body = gzip.compress(BODIES[self.body]) if self.frame == "gzip" else BODIES[self.body]
        start = b"HTTP/1.1 100 Continue\r\n\r\n" * 5 if self.headers == "continue" else b""
        yield start + b"HTTP/1.1 %d Odd\r\nConnection: close\r\n" % self.status
        yield HEADERS[self.headers] + self._framing(len(body)) + b"\r\n"
        if self.status not in {204, 304}:
            yield from self._framed(body)

    def _framing(self, size: int) -> bytes:
        lengths = {"length": size, "gzip": size, "short": max(0, size - SHORT), "long": size + 99}
        text = b"Content-Encoding: gzip\r\n" if self.frame == "gzip" else b""
        if self.frame in lengths:
            return text + b"Content-Length: %d\r\n" % lengths[self.frame]
        return b"Transfer-Encoding: chunked\r\n" if "chunk" in self.frame else b""

    def _framed(self, body: bytes) -> Iterator[bytes]:
        if self.frame == "chunked":
            body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        yield b"zz\r\n" + body if self.frame == "no chunk" else body
        if self.frame == "endless":
            yield from itertools.repeat(b"x" * PIECE, MOST)


def combinations(count: int, seed: int, statuses: Sequence[int]) -> list[Combination]:
    """Different combinations, the same ones for each seed; one in twelve drips."""
    draw, found = random.Random(seed), {}
    while len(found) < count:
        timing = draw.choice(TIMINGS[4:] if draw.random() < 1 / 12 else TIMINGS[:4])
        parts = (draw.choice(statuses), draw.choice([*HEADERS]), draw.choice([*BODIES]))
        found[Combination(*parts, draw.choice(FRAMES), timing)] = None
    return list(found)


@dataclass
class Server:
    """Answers each call; keeps its answers by order, and how long each call took."""

    answers: Iterator[Combination | None]
    port: int = 0
    said: dict[str, list[Combination | None]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            order_id = _order_id(connection)
            combination = next(self.answers)
            self.said.setdefault(order_id, []).append(combination)
            began = time.monotonic()
            with contextlib.suppress(OSError):
                _say(connection, combination)
            self.seconds.append(time.monotonic() - began)


def _order_id(connection: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1 << 16)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(1 << 16)
    return json.loads(body)[0]["order_id"]


def _say(connection: socket.socket, combination: Combination | None) -> None:
    if combination is None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        return
    first, second, *rest = combination.pieces()
    match combination.timing:
        case "cut" | "reset":
            connection.sendall((first + second + b"".join(rest[:1]))[:-1] if rest else first)
            if combination.timing == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        case "dripping headers":
            _drip(connection, first + b"X: ")
        case "dripping body":
            _drip(connection, first + second)
        case _:
            for piece in (first, second, *rest):
                connection.sendall(piece)
                if combination.timing == "in pieces":
                    time.sleep(0.001)


def _drip(connection: socket.socket, first: bytes) -> None:
    connection.sendall(first)
    latest = time.monotonic() + 20 * LIMIT
    while time.monotonic() < latest:
        time.sleep(LIMIT / DRIPS)
        connection.sendall(b" ")


@contextlib.contextmanager
def serving(answers: Iterator[Combination | None]) -> Iterator[Server]:
    server = Server(answers)

    def accept(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=server.answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        server.port = listening.getsockname()[1]
        threading.Thread(target=accept, args=(listening,), daemon=True).start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)

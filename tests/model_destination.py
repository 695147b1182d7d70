"""A destination that a model stands in for: it keeps orders, fails on demand, and answers late."""

import dataclasses
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import connector.delivery.deliver
import connector.delivery.open_chunks
import connector.http.gate
import connector.http.retry
import connector.http.sender
import connector.http.transport
import connector.ledger.beside.last_request
import connector.ledger.contents.run_log
import connector.ledger.ledger
import connector.payloads.late
from connector.http.answer import Answer, Outcome, Response
from connector.ledger.ledger import Ledger

READ_TIMEOUT = 10.0  # seconds that a server may take
ORDERS = tuple(f"order-{number:02}" for number in range(12))
ORDERS_A_BATCH = 3
ELSEWHERE = (
    "x-usual",
    "x-tells",
    "x-read-back",
    "x-customer",
    "x-matching",
    "x-refunded",
)  # what contracts say of columns that a small one lacks
Orders = Mapping[str, Hashable]


class Clock:
    """A clock that moves only when someone waits, so that a history repeats and takes no time."""

    def __init__(self) -> None:
        self._seconds = float(int(time.time()))

    def time(self) -> float:
        return self._seconds

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._seconds, UTC)


CLOCK = Clock()
URLS: dict[str, "Destination"] = {}


def change_the_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaces only the network and the clock."""
    for bundle in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # which each run would read
        monkeypatch.delenv(bundle, raising=False)
    monkeypatch.setattr(connector.http.transport, "Transport", lambda url, *_: URLS[url])
    monkeypatch.setattr(connector.http.retry, "BASE", 0.0)
    monkeypatch.setattr(
        connector.payloads.late, "SLACK", connector.ledger.beside.last_request.SLACK
    )
    delivery, http = connector.delivery, connector.http
    clocked = (
        delivery.deliver,
        delivery.open_chunks,
        http.gate,
        http.sender,
        connector.ledger.beside.last_request,
    )
    for module in (*clocked, connector.payloads.late):
        monkeypatch.setattr(module, "time", CLOCK)
    ledger = connector.ledger
    for module in (connector.payloads.late, ledger.contents.run_log, ledger.ledger):
        monkeypatch.setattr(module, "now", CLOCK.now)


class Killed(BaseException):
    """The process died here."""


class MortalLedger(Ledger):
    """The real ledger, of a process that dies before or after its n-th transaction."""

    def __init__(
        self, ledger: Ledger, death: tuple[int, str] | None, die: Callable[[], None]
    ) -> None:
        connection = ledger._connection  # noqa: SLF001 - the same ledger
        super().__init__(connection, ledger.path, ledger.store)
        self._death, self._die, self._transactions = death, die, 0

    def transact(self, sql: str, **values: Any) -> None:
        self._transactions += 1
        self._perhaps_die("before")
        super().transact(sql, **values)
        self._perhaps_die("after")

    def _perhaps_die(self, moment: str) -> None:
        if self._death == (self._transactions, moment):
            self._die()


@dataclasses.dataclass
class Log:
    """What one run did to a destination; `acknowledged` and `refused` are the answers it got."""

    requests: list[tuple[str, ...]] = dataclasses.field(default_factory=list)
    bytes: int = 0
    statuses: list[int | None] = dataclasses.field(default_factory=list)
    written: list[tuple[str, Any]] = dataclasses.field(default_factory=list)
    acknowledged: dict[str, Any] = dataclasses.field(default_factory=dict)
    refused: dict[str, Any] = dataclasses.field(default_factory=dict)
    in_doubt: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class Script:
    """What a run meets: one fault per request, none once they are used up."""

    faults: tuple[str, ...] = ()
    die: Callable[[], None] = lambda: None
    interrupt: Callable[[], None] = lambda: None


@dataclasses.dataclass
class Late:
    """A request that the server still processes although the client has given up."""

    until: float
    number: int
    run: int
    orders: dict[str, Any]


class Destination:
    """Stands in for `Transport`. What it keeps, and how it speaks, is said by those below it.

    `wrongs` are what no destination should ever see, in words.
    """

    takes_the_rest = False  # of a request, orders of which are refused by name

    def __init__(self) -> None:
        self.poison: dict[tuple[str, Hashable], bool] = {}  # whether it is refused by name
        self.wrongs: list[str] = []
        self.turn = threading.Event()
        self._late: list[Late] = []
        self._number = self._run = 0  # of the last request, of the run
        self.begin(Script())

    # What differs between destinations.

    def read(self, body: bytes) -> dict[str, Any]:
        """Return what a request contains of each order."""
        raise NotImplementedError

    def store(self, order: str, content: Any, number: int) -> None:
        """Store an order of a request; later requests have greater numbers."""
        raise NotImplementedError

    def taken(self) -> Response:
        raise NotImplementedError

    def named(self, orders: Orders) -> Response:
        """Return the answer that refuses orders by name."""
        raise NotImplementedError

    def note_copy(self) -> None:
        """Note what the destination holds while the ledger is copied."""

    # What all of them have in common.

    def begin(self, script: Script) -> None:
        """Start a run."""
        self.log, self._script, self._faults = Log(), script, list(script.faults)
        self._last: bytes | None = None
        self._run += 1
        self.is_dead = False
        self.turn.clear()

    def post(self, body: bytes) -> Response | Answer:
        """Accept a request once the last answer is recorded, so that a run repeats."""
        if body != self._last:
            self.turn.wait()
            self.turn.clear()
        if self.is_dead:
            raise Killed
        self._last = body
        self._number += 1
        orders = self.read(body)
        assert 0 < len(orders) <= ORDERS_A_BATCH
        self.log.requests.append(tuple(orders))
        self.log.bytes += len(body)
        fault = self._faults.pop(0) if self._faults else "none"
        self.catch_up()
        self._look_for_other_versions(orders)
        answer = getattr(self, f"_{fault.replace(' ', '_')}")(orders)
        self._note(orders, answer)
        return answer

    def _look_for_other_versions(self, orders: Orders) -> None:
        """Anything sent while another version is in flight may be replaced by it."""
        for late in self._late:
            for order in orders.keys() & late.orders.keys():
                if orders[order] != late.orders[order]:
                    both = f"{orders[order]} and {late.orders[order]}"
                    self.wrongs.append(f"P2: two versions of {order} are under way: {both}")

    def catch_up(self) -> None:
        """Finish requests that the server has processed for long enough."""
        done = [late for late in self._late if late.until <= CLOCK.time()]
        self._late = [late for late in self._late if late not in done]
        for late in done:
            for order, content in late.orders.items():
                self.store(order, content, late.number)

    def _write(self, orders: Orders) -> None:
        for order, content in orders.items():
            self.store(order, content, self._number)
        self.log.written.extend(orders.items())

    def _acknowledge(self, orders: Orders) -> None:
        """An answer tells a run nothing about its earlier requests that are still in flight."""
        self.log.acknowledged |= orders
        for late in self._late:
            if late.run == self._run:
                late.orders = {o: c for o, c in late.orders.items() if o not in orders}

    def _note(self, orders: Orders, answer: Response | Answer) -> None:
        self.log.statuses.append(answer.status)
        if isinstance(answer, Answer):
            self.log.in_doubt |= orders.keys() if answer.in_doubt else set()
        elif answer.status == 500 or answer.content_type == "text/html":
            self.log.in_doubt |= orders.keys()
        elif answer.status in {400, 413} and len(orders) == 1:
            self.log.refused |= orders

    # The faults. A poisoned request is never stored, whatever else goes wrong with it.

    def _none(self, orders: Orders) -> Response:
        named = {o: c for o, c in orders.items() if self.poison.get((o, c))}
        if named:
            return self._refusal(named, orders)
        if not self._take(orders):
            return Response(400, "text/plain", b"the call cannot be processed")
        self._acknowledge(orders)
        return self.taken()

    def _take(self, orders: Orders) -> bool:
        if any(order in self.poison for order in orders.items()):
            return False
        self._write(orders)
        return True

    def _refusal(self, named: Orders, orders: Orders) -> Response:
        """Refuse orders by name; where the others are accepted, these must be valid."""
        if self.takes_the_rest and named.keys() <= orders.keys():
            named = {**named, **{o: c for o, c in orders.items() if self.poison.get((o, c))}}
            others = {o: c for o, c in orders.items() if o not in named}
            if not self._take(others):
                return self._400(orders)
            self._acknowledge(others)
        self.log.refused |= {order: content for order, content in named.items() if order in ORDERS}
        return self.named(named)

    def _lost(self, orders: Orders) -> Answer:  # noqa: ARG002
        return Answer(Outcome.RETRY, None, "no complete answer", in_doubt=True)

    def _no_connection(self, orders: Orders) -> Answer:  # noqa: ARG002
        return Answer(Outcome.RETRY, None, "no connection")

    def _stored_and_lost(self, orders: Orders) -> Answer:
        self._take(orders)
        return self._lost(orders)

    def _half_stored_and_lost(self, orders: Orders) -> Answer:
        self._take(dict(list(orders.items())[: len(orders) // 2]))
        return self._lost(orders)

    def _late_and_lost(self, orders: Orders) -> Answer:
        if not any(order in self.poison for order in orders.items()):
            self._late.append(
                Late(CLOCK.time() + READ_TIMEOUT, self._number, self._run, dict(orders))
            )
        return self._lost(orders)

    def _late_and_500(self, orders: Orders) -> Response:
        self._late_and_lost(orders)
        return self._500(orders)

    def _twice(self, orders: Orders) -> Response:
        self._none(orders)
        return self._none(orders)

    def _500(self, orders: Orders) -> Response:  # noqa: ARG002
        return Response(500, "text/plain", b"oh")

    def _500_but_stored(self, orders: Orders) -> Response:
        self._take(orders)
        return self._500(orders)

    def _html_but_stored(self, orders: Orders) -> Response:
        self._take(orders)
        return Response(200, "text/html", b"<html>welcome</html>")

    def _429(self, orders: Orders) -> Response:  # noqa: ARG002
        return Response(429, "text/plain", b"slower", retry_after=0.0)

    def _413(self, orders: Orders) -> Response:  # noqa: ARG002
        return Response(413, "text/plain", b"less")

    def _401(self, orders: Orders) -> Response:  # noqa: ARG002
        return Response(401, "text/plain", b"who")

    def _404(self, orders: Orders) -> Response:  # noqa: ARG002
        return Response(404, "text/plain", b"where")

    def _400(self, orders: Orders) -> Response:  # noqa: ARG002
        return Response(400, "text/plain", b"what")

    def _400_of_the_first(self, orders: Orders) -> Response:
        return self._refusal(dict(list(orders.items())[:1]), orders)

    def _400_of_a_stranger(self, orders: Orders) -> Response:
        if self.takes_the_rest:  # another order was refused, and the rest were accepted
            self.log.in_doubt |= orders.keys()
        self.log.refused |= orders if len(orders) == 1 else {}
        return self._refusal({"nobody": "A"}, orders)

    def _interrupted(self, orders: Orders) -> Response:
        self._script.interrupt()
        return self._none(orders)

    def _killed_before(self, orders: Orders) -> Response:  # noqa: ARG002
        self._script.die()
        raise AssertionError

    def _killed_after(self, orders: Orders) -> Response:
        self._take(orders)
        return self._killed_before(orders)

    def _killed_meanwhile(self, orders: Orders) -> Response:
        self._late_and_lost(orders)
        return self._killed_before(orders)


FAULTS = (
    "none",
    "lost",
    "no connection",
    "stored and lost",
    "half stored and lost",
    "late and lost",
    "late and 500",
    "twice",
    "500",
    "500 but stored",
    "html but stored",
    "429",
    "413",
    "401",
    "404",
    "400",
    "400 of the first",
    "400 of a stranger",
    "interrupted",
    "killed before",
    "killed after",
    "killed meanwhile",
)
# What causes doubt, and what may follow within the same run.
TROUBLE = (
    "500 but stored",
    "stored and lost",
    "half stored and lost",
    "late and lost",
    "killed after",
    "killed meanwhile",
    "400",
    "400 of the first",
    "401",
    "413",
)

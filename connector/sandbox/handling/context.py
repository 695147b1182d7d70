"""One call to a destination, from its headers to its answer."""

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from starlette.requests import Request

from connector.contract.contract import Contract
from connector.sandbox.calls.answers import Answer
from connector.sandbox.calls.credentials import are_right
from connector.sandbox.calls.judge import Judge, Problem
from connector.sandbox.calls.reading import MalformedBodyError
from connector.sandbox.calls.socket_control import SocketControl, socket_control_of
from connector.sandbox.faults.budget import Budget
from connector.sandbox.faults.faults import Faults
from connector.sandbox.faults.poison import Poison
from connector.sandbox.handling.destination import Destination
from connector.sandbox.handling.giving import Giving
from connector.sandbox.settings import Settings
from connector.sandbox.storage.arrivals import Arrivals
from connector.sandbox.storage.store import Store

_WITH_BODY = ("POST", "PATCH", "PUT")


@dataclasses.dataclass
class ServedDestination:
    """A destination as the sandbox serves it; faults and poison may be exchanged while it runs."""

    contract: Contract
    destination: Destination
    settings: Settings
    store: Store
    judge: Judge
    budget: Budget | None
    faults: Faults
    poison: Poison
    arrivals: Arrivals
    giving: Giving = dataclasses.field(default_factory=Giving)

    def admits(self, headers: Mapping[str, str], *, reads: bool = False) -> bool:
        """Return whether a call has the credentials that the contract requires, to send or read."""
        contract, read_back = self.contract, self.contract.read_back
        if reads and read_back and read_back.request and read_back.request.headers:
            contract = dataclasses.replace(contract, headers=read_back.request.headers)
        return are_right(contract, headers, self.settings.credentials)


class RequestContext:
    """One call: its body is read and its handler is done when `answer` is awaited, and not before.

    `is_refused` is for a fault to say that it left a refusal as it is. `problems` is what the judge
    found, None before; `fault` is the kind of the fault that hits the call. `is_kept` says that
    orders were stored.
    """

    def __init__(
        self,
        request: Request,
        served: ServedDestination,
        handler: Callable[["RequestContext", bytes], Answer],
    ) -> None:
        self.served = served
        self._handler = handler
        self.request = request
        self.socket: SocketControl = socket_control_of(request.scope)
        self.number = served.store.next_request()
        self.size = 0
        self.is_refused = False
        self.fault: str | None = None
        self.problems: Sequence[Problem] | None = None
        self.is_kept = False
        self._body: bytes | None = None

    @property
    def is_json(self) -> bool:
        """Whether the call says that its body is JSON."""
        kind = self.request.headers.get("content-type", "")
        return kind.partition(";")[0].strip().lower() == "application/json"

    async def body(self) -> bytes | None:
        """Read the body, once; None when it is larger than is allowed."""
        if self._body is None:
            self._body = await self._read()
        return self._body

    @property
    def received(self) -> bytes | None:
        """The body as far as it has been read: whole, or None."""
        return self._body

    async def _read(self) -> bytes | None:
        limit = self.served.settings.max_bytes
        if int(self.request.headers.get("content-length", 0)) > limit:
            return None
        chunks = []
        async for chunk in self.request.stream():
            chunks.append(chunk)
            self.size += len(chunk)
            if self.size > limit:
                return None
        return b"".join(chunks)

    async def answer(self) -> Answer:
        """Do what the destination would do, and return what it would say."""
        destination = self.served.destination
        body = await self.body()
        if body is None:
            return destination.too_large()
        budget = self.served.budget
        if budget and self.served.settings.enforces_budget:
            wait = budget.spend(len(body), time.monotonic())
            if wait:
                return destination.rate_limited(wait)
        if self.request.method in _WITH_BODY and not self.is_json:
            return destination.failed(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            return self._handler(self, body)
        except MalformedBodyError:
            return destination.malformed()

    async def left(self) -> None:
        """Wait until the client hangs up."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass

"""One call to a destination, from its headers to its answer."""

import dataclasses
import hmac
import time
from collections.abc import Mapping
from string import Formatter

from starlette.requests import Request

from connector.contract import Contract
from connector.sandbox import judge
from connector.sandbox.answers import Answer, Destination
from connector.sandbox.budget import Budget
from connector.sandbox.faults import Faults
from connector.sandbox.poison import Poison
from connector.sandbox.settings import Settings
from connector.sandbox.store import Store
from connector.sandbox.wire import Wire, wire_of


@dataclasses.dataclass
class Desk:
    """A destination as the sandbox serves it; faults and poison may be exchanged while it runs."""

    contract: Contract
    destination: Destination
    settings: Settings
    store: Store
    judge: judge.Judge
    budget: Budget
    faults: Faults
    poison: Poison

    def admits(self, headers: Mapping[str, str]) -> bool:
        """Tell whether every header of the contract is there and right."""
        return all(
            self._is_right(headers.get(name, ""), template)
            for name, template in self.contract.headers.items()
        )

    def _is_right(self, value: str, template: str) -> bool:
        known = self.settings.credentials
        settings = {name for _, name, _, _ in Formatter().parse(template) if name}
        if not value or not settings <= known.keys():
            return bool(value)
        return hmac.compare_digest(value.encode(), template.format_map(known).encode())


class Exchange:
    """One call: its body is read, judged and stored when `answer` is awaited, and not before."""

    def __init__(self, request: Request, desk: Desk) -> None:
        self.desk = desk
        self.request = request
        self.wire: Wire = wire_of(request.scope)
        self.number = desk.store.next_request()
        self.size = 0
        self._body: bytes | None = None

    async def body(self) -> bytes | None:
        """Read the body, once; None when it is larger than is allowed."""
        if self._body is None:
            self._body = await self._read()
        return self._body

    async def _read(self) -> bytes | None:
        limit = self.desk.settings.max_bytes
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
        destination = self.desk.destination
        body = await self.body()
        if body is None:
            return destination.too_large()
        if self.desk.settings.enforces_budget:
            wait = self.desk.budget.spend(len(body), time.monotonic())
            if wait:
                return destination.rate_limited(wait)
        try:
            return self._judged(judge.read(body))
        except judge.MalformedBodyError:
            return destination.malformed()

    async def left(self) -> None:
        """Wait until the client hangs up."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass

    def _judged(self, call: judge.Call) -> Answer:
        desk = self.desk
        problems = desk.judge.problems(call)
        if not problems:
            return self._taken(desk.judge.orders(call))
        if all(problem.key is None for problem in problems):
            return desk.destination.refused_unnamed(problems[0].message)
        return desk.destination.refused(problems)

    def _taken(self, orders: Mapping[str, str]) -> Answer:
        desk = self.desk
        poisoned = desk.poison.problems(orders)
        if poisoned:
            return desk.destination.refused(poisoned)
        if desk.poison.spoils(orders):
            return desk.destination.refused_unnamed("the payload cannot be processed")
        if desk.settings.keeps_orders:
            desk.store.write(desk.contract.destination, self.number, orders)
        return desk.destination.accepted()

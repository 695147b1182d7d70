"""The paths under /sandbox: what is stored, and what goes wrong; see the package's docstring."""

import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from connector.sandbox.calls.answers import as_json
from connector.sandbox.faults.poison import Poison
from connector.sandbox.handling import behind
from connector.sandbox.handling.context import ServedDestination
from connector.sandbox.handling.counts import counts
from connector.sandbox.handling.giving import Giving
from connector.sandbox.storage import reports
from connector.sandbox.storage.arrivals import Arrivals
from connector.sandbox.storage.store import Store
from connector.text import exact


class AdminPaths:
    """The paths for tests and demos, over all destinations."""

    def __init__(
        self, all_served: Mapping[str, ServedDestination], store: Store, arrivals: Arrivals
    ) -> None:
        self._all_served, self._store, self._arrivals = all_served, store, arrivals

    def routes(self) -> list[Route]:
        """Return the routes, all under /sandbox."""
        return [
            Route("/sandbox/health", self._health),
            Route("/sandbox/counts", self._counts),
            Route("/sandbox/orders", self._orders),
            Route("/sandbox/orders", self._meddle, methods=["POST", "PATCH", "DELETE"]),
            Route("/sandbox/giving", self._giving, methods=["GET", "PUT"]),
            Route("/sandbox/writes", self._writes),
            Route("/sandbox/records", self._records),
            Route("/sandbox/events", self._events),
            Route("/sandbox/variant", self._variant, methods=["GET", "PUT"]),
            Route("/sandbox/faults", self._faults, methods=["GET", "PUT"]),
            Route("/sandbox/poison", self._poison, methods=["GET", "PUT"]),
            Route("/sandbox/reset", self._reset, methods=["POST"]),
        ]

    async def _health(self, _: Request) -> Response:
        return as_json(200, {"status": "ready"}).response()

    async def _counts(self, request: Request) -> Response:
        served = self._served(request)
        found = counts(self._store, served.destination)
        return as_json(200, found).response()

    async def _orders(self, request: Request) -> Response:
        lines = self._lines(self._served(request).contract.destination)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    async def _meddle(self, request: Request) -> Response:
        served, key = self._served(request), request.query_params.get("key")
        if request.method == "DELETE":
            return as_json(200, behind.delete(served, key or "")).response()
        members = exact.loads((await request.body()).decode())
        if request.method == "PATCH":
            return as_json(200, behind.change(served, key or "", members)).response()
        return as_json(200, behind.add(served, key, members)).response()

    async def _giving(self, request: Request) -> Response:
        served = self._served(request)
        if request.method == "PUT":
            try:
                served.giving = Giving(**await _json(request))
            except (TypeError, ValueError) as error:
                raise HTTPException(400, str(error)) from error
        return as_json(200, dataclasses.asdict(served.giving)).response()

    async def _lines(self, destination: str) -> AsyncIterator[bytes]:
        for page in self._store.orders(destination):
            # A line break in JSON is white space, never part of a value.
            lines = (text.replace("\r", " ").replace("\n", " ") for text in page)
            yield "".join(f"{line}\n" for line in lines).encode()

    async def _writes(self, request: Request) -> Response:
        return self._history(request, reports.write_counts, reports.writes)

    async def _records(self, request: Request) -> Response:
        return self._history(request, reports.live_counts, reports.records)

    async def _events(self, request: Request) -> Response:
        return self._history(request, reports.event_counts, reports.events)

    def _history(
        self,
        request: Request,
        totals: Callable[[Store, str], dict[str, int]],
        rows: Callable[[Store, str, str], list[dict[str, Any]]],
    ) -> Response:
        """Answer with a count for every order, or with all there is of one."""
        destination = self._served(request).contract.destination
        key = request.query_params.get("key")
        if key is None:
            return as_json(200, totals(self._store, destination)).response()
        return as_json(200, rows(self._store, destination, key)).response()

    async def _variant(self, request: Request) -> Response:
        served = self._served(request)
        if request.method == "PUT":
            variant = await _json(request)
            if variant not in served.destination.variants:
                variants = ", ".join(served.destination.variants)
                raise HTTPException(400, f"one of {variants} is needed")
            served.destination = type(served.destination)(served.contract, variant)
        return as_json(200, served.destination.variant).response()

    async def _faults(self, request: Request) -> Response:
        faults = self._served(request).faults
        if request.method == "PUT":
            texts = await _json(request)
            if not isinstance(texts, list):
                raise HTTPException(400, "a JSON list of faults is needed")
            try:
                faults.replace([str(text) for text in texts])
            except ValueError as error:
                raise HTTPException(400, str(error)) from error
        return as_json(200, faults.texts()).response()

    async def _poison(self, request: Request) -> Response:
        served = self._served(request)
        if request.method == "PUT":
            try:
                served.poison = Poison(**await _json(request))
            except (TypeError, ValueError) as error:
                raise HTTPException(400, str(error)) from error
        return as_json(200, dataclasses.asdict(served.poison)).response()

    async def _reset(self, _: Request) -> Response:
        self._store.clear()
        self._arrivals.clear()
        for served in self._all_served.values():
            if served.budget:
                served.budget.clear()
        return as_json(200, {"status": "empty"}).response()

    def _served(self, request: Request) -> ServedDestination:
        name = request.query_params.get("destination", next(iter(self._all_served)))
        if name not in self._all_served:
            raise HTTPException(404, f"there is no destination {name!r}")
        return self._all_served[name]


async def _json(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, f"the body is no JSON: {error}") from error

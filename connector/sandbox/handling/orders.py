"""The paths of a destination: orders come in, are deleted or read back; what else it answers."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector.sandbox.calls.answers import Answer, as_json
from connector.sandbox.handling import deeds
from connector.sandbox.handling.behaviours import BEHAVIOURS
from connector.sandbox.handling.exchange import Desk, Exchange
from connector.sandbox.handling.read_back import give
from connector.sandbox.storage.arrivals import Arrival

_LOCAL = "local"

Endpoint = Callable[[Request], Awaitable[Response]]


class OrderPaths:
    """The paths of one destination."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._path = urlsplit(desk.contract.environments[_LOCAL]).path

    def routes(self) -> list[Route]:
        """Return the routes of the destination."""
        routes = [Route(self._path, self._take, methods=["POST"])]
        actions = self._desk.contract.removal.actions.values()
        methods = {action.method for action in actions if action.parameter}
        if methods:
            routes.append(Route(self._path, self._delete, methods=sorted(methods)))
        if self._desk.destination.reads_back:
            routes.append(Route(self._path + "/{key:path}", self._read, methods=["GET"]))
        changes = self._desk.destination.changes().items()
        further = [
            Route(self._path + below, self._doing(deed), methods=[method])
            for (method, below), deed in changes
        ]
        return [*further, *self._given_back(), *routes, *self._pages()]

    def _given_back(self) -> list[Route]:
        read_back = self._desk.contract.read_back
        request = read_back.request if read_back else None
        if request is None or _LOCAL not in request.environments:
            return []
        path = urlsplit(request.environments[_LOCAL]).path
        return [Route(path, self._give, methods=[request.method])]

    def _doing(self, deed: Callable[[Exchange, bytes], Answer]) -> Endpoint:
        async def do(request: Request) -> Response:
            return await self._serve(Exchange(request, self._desk, deed))

        return do

    def _pages(self) -> list[Route]:
        pages = {("GET", path): answer for path, answer in self._desk.destination.pages().items()}
        check = self._desk.contract.check
        if check and _LOCAL in check.environments:
            path = urlsplit(check.environments[_LOCAL]).path
            if path != self._path:
                pages.setdefault((check.method, path), as_json(check.accepted[0], {}))
        return [
            Route(path, self._page(answer), methods=[method])
            for (method, path), answer in pages.items()
        ]

    def _page(self, answer: Answer) -> Endpoint:
        async def page(request: Request) -> Response:
            if not self._desk.admits(request.headers):
                return self._desk.destination.unauthorised().response()
            return answer.response()

        return page

    async def _take(self, request: Request) -> Response:
        return await self._serve(Exchange(request, self._desk, deeds.take))

    async def _delete(self, request: Request) -> Response:
        return await self._serve(Exchange(request, self._desk, deeds.delete))

    async def _give(self, request: Request) -> Response:
        return await self._serve(Exchange(request, self._desk, give), reads=True)

    async def _serve(self, exchange: Exchange, *, reads: bool = False) -> Response:
        if not self._desk.admits(exchange.request.headers, reads=reads):
            return self._noted(exchange, self._desk.destination.unauthorised().response())
        exchange.fault = kind = self._desk.faults.draw()
        try:
            if kind:
                response = await BEHAVIOURS[kind](exchange)
            else:
                response = (await exchange.answer()).response()
        except ClientDisconnect:
            return self._noted(exchange, Response(), "disconnected")
        self._noted(exchange, response, _label(kind, exchange, response))
        await asyncio.sleep(self._desk.settings.latency)
        return response

    def _noted(self, exchange: Exchange, response: Response, label: str = "") -> Response:
        label = label or str(response.status_code)
        name = self._desk.contract.destination
        self._desk.store.note_request(name, exchange.number, label, exchange.size)
        self._desk.arrivals.note(_arrival(name, exchange, response, label))
        return response

    async def _read(self, request: Request) -> Response:
        if not self._desk.admits(request.headers):
            return self._desk.destination.unauthorised().response()
        name = self._desk.contract.destination
        text = self._desk.store.text(name, request.path_params["key"])
        if text is None:
            return self._desk.destination.unknown().response()
        return Answer(200, text.encode()).response()


def _arrival(name: str, exchange: Exchange, response: Response, label: str) -> Arrival:
    url = exchange.request.url
    return Arrival(
        number=exchange.number,
        destination=name,
        method=exchange.request.method,
        target=f"{url.path}?{url.query}" if url.query else url.path,
        body=exchange.received,
        status=response.status_code,
        answer=bytes(getattr(response, "body", b"")),  # none where it is sent in pieces
        label=label,
        fault=exchange.fault,
        problems=exchange.problems or (),
        is_judged=exchange.problems is not None,
        is_kept=exchange.is_kept,
    )


def _label(kind: str | None, exchange: Exchange, response: Response) -> str:
    # A refusal that a storing fault left alone counts as the refusal that it is.
    return str(response.status_code) if kind is None or exchange.is_refused else kind

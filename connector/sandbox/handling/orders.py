"""The paths of a destination: orders come in, are deleted or read back; what else it answers."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector.sandbox.calls.answers import Answer, as_json
from connector.sandbox.handling import handlers
from connector.sandbox.handling.behaviours import BEHAVIOURS
from connector.sandbox.handling.context import RequestContext, ServedDestination
from connector.sandbox.handling.read_back import give
from connector.sandbox.storage.arrivals import Arrival

_LOCAL = "local"

Endpoint = Callable[[Request], Awaitable[Response]]


class OrderPaths:
    """The paths of one destination."""

    def __init__(self, served: ServedDestination) -> None:
        self._served = served
        self._path = urlsplit(served.contract.environments[_LOCAL]).path

    def routes(self) -> list[Route]:
        """Return the routes of the destination."""
        routes = [Route(self._path, self._take, methods=["POST"])]
        actions = self._served.contract.removal.actions.values()
        methods = {action.method for action in actions if action.parameter}
        if methods:
            routes.append(Route(self._path, self._delete, methods=sorted(methods)))
        if self._served.destination.reads_back:
            routes.append(Route(self._path + "/{key:path}", self._read, methods=["GET"]))
        changes = self._served.destination.changes().items()
        further = [
            Route(self._path + below, self._doing(handler), methods=[method])
            for (method, below), handler in changes
        ]
        return [*further, *self._given_back(), *routes, *self._pages()]

    def _given_back(self) -> list[Route]:
        read_back = self._served.contract.read_back
        request = read_back.request if read_back else None
        if request is None or _LOCAL not in request.environments:
            return []
        path = urlsplit(request.environments[_LOCAL]).path
        return [Route(path, self._give, methods=[request.method])]

    def _doing(self, handler: Callable[[RequestContext, bytes], Answer]) -> Endpoint:
        async def do(request: Request) -> Response:
            return await self._serve(RequestContext(request, self._served, handler))

        return do

    def _pages(self) -> list[Route]:
        pages = {("GET", path): answer for path, answer in self._served.destination.pages().items()}
        check = self._served.contract.check
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
            if not self._served.admits(request.headers):
                return self._served.destination.unauthorised().response()
            return answer.response()

        return page

    async def _take(self, request: Request) -> Response:
        return await self._serve(RequestContext(request, self._served, handlers.take))

    async def _delete(self, request: Request) -> Response:
        return await self._serve(RequestContext(request, self._served, handlers.delete))

    async def _give(self, request: Request) -> Response:
        return await self._serve(RequestContext(request, self._served, give), reads=True)

    async def _serve(self, context: RequestContext, *, reads: bool = False) -> Response:
        if not self._served.admits(context.request.headers, reads=reads):
            return self._noted(context, self._served.destination.unauthorised().response())
        context.fault = kind = self._served.faults.draw()
        try:
            if kind:
                response = await BEHAVIOURS[kind](context)
            else:
                response = (await context.answer()).response()
        except ClientDisconnect:
            return self._noted(context, Response(), "disconnected")
        self._noted(context, response, _label(kind, context, response))
        await asyncio.sleep(self._served.settings.latency)
        return response

    def _noted(self, context: RequestContext, response: Response, label: str = "") -> Response:
        label = label or str(response.status_code)
        name = self._served.contract.destination
        self._served.store.note_request(name, context.number, label, context.size)
        self._served.arrivals.note(_arrival(name, context, response, label))
        return response

    async def _read(self, request: Request) -> Response:
        if not self._served.admits(request.headers):
            return self._served.destination.unauthorised().response()
        name = self._served.contract.destination
        text = self._served.store.text(name, request.path_params["key"])
        if text is None:
            return self._served.destination.unknown().response()
        return Answer(200, text.encode()).response()


def _arrival(name: str, context: RequestContext, response: Response, label: str) -> Arrival:
    url = context.request.url
    return Arrival(
        number=context.number,
        destination=name,
        method=context.request.method,
        target=f"{url.path}?{url.query}" if url.query else url.path,
        body=context.received,
        status=response.status_code,
        answer=bytes(getattr(response, "body", b"")),  # none where it is sent in pieces
        label=label,
        fault=context.fault,
        problems=context.problems or (),
        is_judged=context.problems is not None,
        is_kept=context.is_kept,
    )


def _label(kind: str | None, context: RequestContext, response: Response) -> str:
    # A refusal that a storing fault left alone counts as the refusal that it is.
    return str(response.status_code) if kind is None or context.is_refused else kind

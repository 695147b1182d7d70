"""The paths of a destination: orders come in, orders are read back."""

import asyncio
from datetime import date

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connector.sandbox import reports
from connector.sandbox.answers import Answer
from connector.sandbox.behaviours import BEHAVIOURS
from connector.sandbox.exchange import Desk, Exchange


class OrderPaths:
    """The paths of one destination."""

    def __init__(self, desk: Desk, path: str) -> None:
        self._desk = desk
        self._path = path

    def routes(self) -> list[Route]:
        """Return the routes of the destination."""
        return [
            Route(self._path, self._receive, methods=["POST"]),
            Route(self._path, self._list, methods=["GET"]),
            Route(self._path + "/{key:path}", self._read, methods=["GET"]),
        ]

    async def _receive(self, request: Request) -> Response:
        exchange = Exchange(request, self._desk)
        if not self._desk.admits(request.headers):
            return self._noted(exchange, self._desk.destination.unauthorised().response())
        kind = self._desk.faults.draw()
        try:
            if kind:
                response = await BEHAVIOURS[kind](exchange)
            else:
                response = (await exchange.answer()).response()
        except ClientDisconnect:
            return self._noted(exchange, Response(), "disconnected")
        self._noted(exchange, response, _label(kind, response))
        await asyncio.sleep(self._desk.settings.latency)
        return response

    def _noted(self, exchange: Exchange, response: Response, label: str = "") -> Response:
        label = label or str(response.status_code)
        name = self._desk.contract.destination
        self._desk.store.note_request(name, exchange.number, label, exchange.size)
        return response

    async def _list(self, request: Request) -> Response:
        if not self._desk.admits(request.headers):
            return self._desk.destination.unauthorised().response()
        try:
            start, end = (
                date.fromisoformat(request.query_params[name]).isoformat()
                for name in ("start_date", "end_date")
            )
        except (KeyError, ValueError):
            message = "start_date and end_date are needed, as YYYY-MM-DD"
            return self._desk.destination.refused_unnamed(message).response()
        texts = reports.orders_between(self._desk.store, self._desk.contract, start, end)
        return Answer(200, f"[{','.join(texts)}]".encode()).response()

    async def _read(self, request: Request) -> Response:
        if not self._desk.admits(request.headers):
            return self._desk.destination.unauthorised().response()
        name = self._desk.contract.destination
        text = self._desk.store.order(name, request.path_params["key"])
        if text is None:
            return self._desk.destination.unknown().response()
        return Answer(200, text.encode()).response()


def _label(kind: str | None, response: Response) -> str:
    # A refusal that a storing fault left alone counts as the refusal that it is.
    refused = response.status_code == 400  # noqa: PLR2004
    return str(response.status_code) if kind is None or refused else kind

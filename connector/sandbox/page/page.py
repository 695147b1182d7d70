"""The sandbox's page: what arrived, call by call and order by order; it switches faults."""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connector.sandbox.handling.behaviours import BEHAVIOURS
from connector.sandbox.handling.context import ServedDestination
from connector.sandbox.page import listing
from connector.sandbox.page.judgement import pretty, shown
from connector.sandbox.storage import reports
from connector.sandbox.storage.arrivals import Arrivals
from connector.sandbox.storage.store import Store
from connector.text.duration import written
from connector.web.safety import Safety
from connector.web.templates import STATIC, templates

ADDRESS = "/sandbox/page"
FORMS = f"{ADDRESS}/faults"  # the only path that writes
PAGES = (
    (f"{ADDRESS}/", "Sandbox"),
    (f"{ADDRESS}/calls", "Calls"),
    (f"{ADDRESS}/orders", "Orders"),
)
_HERE = Path(__file__).parent
_MOST_OF_A_FORM = 10_000  # bytes

Made = tuple[str, Mapping[str, Any]]


class Page:
    """The pages; each method returns a template and its variables.

    They run in the thread of the sandbox, to which the store belongs.
    """

    def __init__(
        self, all_served: Mapping[str, ServedDestination], store: Store, arrivals: Arrivals
    ) -> None:
        self._all_served, self._store, self._arrivals = all_served, store, arrivals
        self._render = templates(
            _HERE / "templates",
            pages=PAGES,
            address=ADDRESS,
            static=f"{ADDRESS}/static",
            brand="sandbox",
            promise="Nothing here has left this machine;",
        )

    def application(self) -> Starlette:
        """Return the application to mount at ADDRESS."""
        routes = [
            Route("/", self._page("Sandbox", self.overview)),
            Route("/calls", self._page("Calls", self.calls)),
            Route("/calls/{number:int}", self._page("Calls", self.call)),
            Route("/orders", self._page("Orders", self.orders)),
            Route("/order", self._page("Orders", self.order)),
            Route("/faults", self.switch, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        return Starlette(routes=routes, middleware=[Middleware(Safety, writing=(FORMS,))])

    def _page(self, title: str, made: Callable[[Request], Made]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            shared = {"title": title, "now": written(datetime.now(UTC))}
            template, values = made(request)
            here = next(address for address, name in PAGES if name == title)
            return HTMLResponse(self._render(template, here=here, **shared, **values))

        return answer

    def overview(self, request: Request) -> Made:
        """Show what each destination holds, how it answered, and the faults in force."""
        cards = [
            {
                "name": name,
                "faults": served.faults.active(),
                **listing.overview(self._store, name),
            }
            for name, served in self._all_served.items()
        ]
        error = request.query_params.get("error", "")[:500]
        return "overview.html", {"cards": cards, "kinds": tuple(BEHAVIOURS), "error": error}

    def calls(self, request: Request) -> Made:
        """List the calls, the newest first."""
        query = request.query_params
        name, answer = query.get("destination", ""), query.get("answer", "")
        rows = listing.requests(self._store, name, answer, _number(query.get("before")))
        kept = {each.number for each in rows if self._arrivals.get(each.number)}
        further = {"destination": name, "answer": answer, "before": rows[-1].number if rows else 0}
        return "calls.html", {
            **self._chosen(name),
            "answer": answer,
            "rows": rows,
            "kept": kept,
            "further": urlencode(further) if len(rows) == listing.SIZE else "",
        }

    def call(self, request: Request) -> Made:
        """Show a call: each order of its body beside the judgement, and the answer."""
        number = request.path_params["number"]
        arrival = self._arrivals.get(number)
        found = shown(arrival, self._all_served[arrival.destination].judge) if arrival else None
        page = min(_number(request.query_params.get("page"), 1), 100_000)
        first = (page - 1) * listing.SIZE
        return "call.html", {
            "number": number,
            "arrival": arrival,
            "shown": found,
            "part": found.orders[first : first + listing.SIZE] if found else (),
            "page": page,
            "size": listing.SIZE,
            "link": lambda to: f"{ADDRESS}/calls/{number}?page={to}",
        }

    def orders(self, request: Request) -> Made:
        """List the stored orders of a destination."""
        query = request.query_params
        name = self._name(query.get("destination"))
        search = query.get("search", "").strip()
        rows = listing.orders(self._store, name, search, query.get("after", ""))
        further = {"destination": name, "search": search, "after": rows[-1][0] if rows else ""}
        return "orders.html", {
            **self._chosen(name),
            "search": search,
            "rows": rows,
            "further": urlencode(further) if len(rows) == listing.SIZE else "",
        }

    def order(self, request: Request) -> Made:
        """Show an order: what is stored, and every write and event."""
        query = request.query_params
        name, key = self._name(query.get("destination")), query.get("key", "")
        asked = (self._store, name, key)
        records = [
            {**each, "text": pretty(each["text"].encode())} for each in reports.records(*asked)
        ]
        return "stored.html", {
            "destination": name,
            "key": key,
            "records": records,
            "writes": _dated(reports.writes(*asked)),
            "events": _dated(reports.events(*asked)),
        }

    async def switch(self, request: Request) -> Response:
        """Put a fault in force at a destination, or take faults out of force."""
        size = int(request.headers.get("content-length", 0))
        if size > _MOST_OF_A_FORM:
            raise HTTPException(413, "the form is too large")
        form = {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}
        faults = self._all_served[self._name(form.get("destination"))].faults
        others = [text for text in faults.active() if text != form.get("off")]
        amount = form.get("amount", "").strip()
        added = [f"{form['kind']}:{amount}" if amount else form["kind"]] if "kind" in form else []
        try:
            faults.replace([*others, *added])
        except ValueError as error:
            return RedirectResponse(f"{ADDRESS}/?{urlencode({'error': str(error)})}", 303)
        return RedirectResponse(f"{ADDRESS}/", 303)

    def _name(self, name: str | None) -> str:
        name = name or next(iter(self._all_served))
        if name not in self._all_served:
            raise HTTPException(404, f"there is no destination {name!r}")
        return name

    def _chosen(self, name: str) -> Mapping[str, Any]:
        return {"destination": name, "options": [(each, each) for each in self._all_served]}


def _number(text: str | None, otherwise: int = sys.maxsize) -> int:
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 16  # noqa: PLR2004 - digits
    return int(text or 0) if is_number else otherwise


def _dated(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "at": listing.moment(each["at"])} for each in rows]

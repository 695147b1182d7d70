"""The application with all pages; every page only reads."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connector.exceptions import ConnectorError
from connector.page import asked
from connector.page.csv_file import as_csv
from connector.page.known import now
from connector.page.looks import Looks
from connector.page.orders import shown
from connector.page.runs_by_day import by_day
from connector.page.worked_out import Slow
from connector.runs.workspace import Account
from connector.web.charts import days as days_between
from connector.web.safety import Safety, is_ours
from connector.web.templates import STATIC, templates

PAGES = (
    *(("/", "Now"), ("/runs", "Runs"), ("/errors", "Errors"), ("/order", "One order")),
    *(("/plan", "Plan"), ("/data", "Data")),
)
HERE = Path(__file__).parent
_ERROR = 400


def build(looks: Looks) -> Starlette:
    """Return the application."""
    pages, slow = Pages(looks), Slow(looks)
    routes = [
        Route("/", pages.page("Now", pages.now)),
        Route("/runs", pages.page("Runs", pages.runs)),
        Route("/runs/{account}/{run:int}", pages.page("Runs", pages.run)),
        Route("/errors", pages.page("Errors", pages.errors)),
        Route("/errors.csv", pages.csv),
        Route("/order", pages.page("One order", pages.order)),
        Route("/plan", pages.page("Plan", slow.plan)),
        Route("/data", pages.page("Data", slow.data)),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Safety)])


class Pages:
    """The pages; each method returns a template and its variables."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._render = templates(
            HERE / "templates",
            pages=PAGES,
            size=asked.SIZE,
            brand="order connector",
            promise="Read-only;",
        )

    def page(
        self, title: str, made: Callable[[Request, list[Account]], tuple[str, Mapping[str, Any]]]
    ) -> Callable[[Request], Response]:
        """Return the endpoint of a page; errors are shown on a page, too."""

        def answer(request: Request) -> Response:
            shared = {"title": title, "here": _here(title), "now": now()}
            try:
                template, values = made(request, self._looks.accounts())
            except ConnectorError as error:
                text = self._render("failure.html", error=str(error), **shared)
                return HTMLResponse(text, _ERROR)
            return HTMLResponse(self._render(template, **shared, **values))

        return answer

    def now(self, _: Request, accounts: list[Account]) -> tuple[str, Mapping[str, Any]]:
        """Show how each account is doing."""
        return "now.html", {"cards": [self._looks.card(each) for each in accounts]}

    def runs(self, request: Request, accounts: list[Account]) -> tuple[str, Mapping[str, Any]]:
        """Show the runs of the last days."""
        query, names = request.query_params, _names(accounts)
        days, page = asked.number(query, "days", 7, 90), asked.number(query, "page", 1, 1_000)
        chosen = asked.account(query, names) if query.get("account") else ""
        wanted = [each for each in accounts if chosen in ("", each.name)]
        known = [self._looks.runs(each) for each in wanted]
        first = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = [run for each in known for run in each.value or () if run.started_at >= first]
        rows.sort(key=lambda run: (run.started_at, run.run_id), reverse=True)
        part = rows[(page - 1) * asked.SIZE : page * asked.SIZE]
        return "runs.html", {
            "account": chosen,
            "account_options": _options(names),
            "days": str(days),
            "known": known,
            "rows": part,
            "count": len(rows),
            "page": page,
            "series": by_day(rows),
            "places": days_between(first[:10], now()[:10]),
            "link": lambda to: f"/runs?account={chosen}&days={days}&page={to}",
        }

    def run(self, request: Request, accounts: list[Account]) -> tuple[str, Mapping[str, Any]]:
        """Show one run with its batches."""
        name, number = request.path_params["account"], request.path_params["run"]
        account = _named(accounts, asked.account({"account": name}, _names(accounts)))
        looks = self._looks
        known = looks.ask(account, ("run", number), lambda: looks.project.run(name, number))
        return "run.html", {"known": known}

    def errors(self, request: Request, accounts: list[Account]) -> tuple[str, Mapping[str, Any]]:
        """Show the errors that keep orders from a destination: by rule, by day and one by one."""
        wanted = asked.errors(request.query_params, _names(accounts))
        account = _named(accounts, wanted.account)
        known = self._looks.errors(account, wanted.filter, wanted.rows)
        found = known.value["days"] if known.value else []
        series = _by_type(found)
        places = days_between(found[0]["day"], found[-1]["day"]) if found else []
        return "errors.html", {
            "wanted": wanted,
            "known": known,
            "types": asked.TYPES,
            "page": wanted.page,
            "account_options": _options(_names(accounts))[1:],
            "series": series,
            "places": places,
            "sorted": wanted.sorted,
            "csv": wanted.address("/errors.csv", page=0),
            "link": lambda to: wanted.address(page=to),
        }

    def csv(self, request: Request) -> Response:
        """Answer with all requested errors as a file."""
        try:
            return as_csv(self._looks.accounts(), request.query_params)
        except ConnectorError as error:
            return Response(str(error), _ERROR, media_type="text/plain")

    def order(self, request: Request, accounts: list[Account]) -> tuple[str, Mapping[str, Any]]:
        """Show one order at one account or at all accounts."""
        query, names = request.query_params, _names(accounts)
        order_id = query.get("id", "").strip()
        chosen = asked.account(query, names) if query.get("account") else ""
        wanted = [each for each in accounts if order_id and chosen in ("", each.name)]
        revealed = query.get("reveal") == "1" and is_ours(request.headers)
        found = [shown(self._looks, each, order_id, revealed=revealed) for each in wanted]
        return "order.html", {
            "id": order_id,
            "account": chosen,
            "account_options": _options(names),
            "found": found,
            "revealed": revealed,
        }


def _names(accounts: list[Account]) -> list[str]:
    return [each.name for each in accounts]


def _named(accounts: list[Account], name: str) -> Account:
    return next(each for each in accounts if each.name == name)


def _options(names: list[str]) -> list[tuple[str, str]]:
    return [("", "all"), *((name, name) for name in names)]


def _here(title: str) -> str:
    return next((address for address, name in PAGES if name == title), "")


def _by_type(found: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the orders per day by the type of their errors."""
    series: dict[str, dict[str, float]] = {each["type"]: {} for each in found}
    for each in found:
        series[each["type"]][each["day"]] = each["orders"]
    return series

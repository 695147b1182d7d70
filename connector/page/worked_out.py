"""The pages whose answer takes longer, and is worked out when somebody asks for it."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from connector.exceptions import ConnectorError
from connector.page import asked
from connector.page.child import worked_out
from connector.page.known import Known, now
from connector.page.looks import Looks
from connector.runs.workspace import Account
from connector.web.charts import days as days_between

Named = tuple[str, Mapping[str, Any]]


class Slow:
    """Plan and Data."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def plan(self, request: Request, accounts: list[Account]) -> Named:
        """Show what a sync would send right now."""
        return "plan.html", self._asked(request, accounts, "plan")

    def data(self, request: Request, accounts: list[Account]) -> Named:
        """Show what the views hold."""
        found = self._asked(request, accounts, "data")
        known = found["known"]
        return "data.html", {**found, **(by_day(known.value) if known.value else {})}

    def _asked(self, request: Request, accounts: list[Account], what: str) -> dict[str, Any]:
        names = [each.name for each in accounts]
        chosen = asked.account(request.query_params, names)
        account = next(each for each in accounts if each.name == chosen)
        question, memory = (account.scope, what), self._looks.memory
        if request.query_params.get("now") == "1":
            try:
                answer = worked_out(self._looks.options, chosen, what)
                memory.keep(question, Known(answer, now()))
            except ConnectorError as error:
                memory.keep(question, Known(error=str(error)))
        options = [(name, name) for name in names]
        return {"account": chosen, "account_options": options, "known": memory.last(question)}


def by_day(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return orders a day for a chart, and sums by currency: orders, money, both delivered."""
    series: dict[str, dict[str, float]] = {"delivered": {}, "not delivered": {}}
    currencies: dict[str, list[float]] = {}
    for each in held["days"]:
        day, left = each["day"], each["orders"] - each["delivered"]
        for name, orders in (("delivered", each["delivered"]), ("not delivered", left)):
            series[name][day] = series[name].get(day, 0) + orders
        sums = currencies.setdefault(each["currency"] or "", [0, 0.0, 0, 0.0])
        amounts = (each["amount"] or 0.0, each["delivered_amount"] or 0.0)
        added = (each["orders"], amounts[0], each["delivered"], amounts[1])
        sums[:] = [before + more for before, more in zip(sums, added, strict=True)]
    days = [each["day"] for each in held["days"] if each["day"]]
    places = days_between(days[0], days[-1]) if days else []
    return {"series": series, "places": places, "currencies": currencies}

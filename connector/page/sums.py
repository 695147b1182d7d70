"""Turns the summary of views into a chart of days and sums by currency."""

from collections.abc import Mapping
from typing import Any

from connector.web.charts import days as days_between


def by_day(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return orders per day for a chart, and sums by currency: all and delivered."""
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

"""Turns the summary of views into charts, tables of days and sums by currency."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from connector.web.charts import days as days_between

_COUNTED = ("orders", "delivered", "verified")
_AMOUNTS = ("amount", "delivered_amount", "verified_amount")


def by_day(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return `series` and `places` of a chart of orders, `currencies` and `days`.

    `currencies` are sums: all, delivered and verified. `days` are the rows of the summary, the
    newest first, with `gap` in place of a currency where days without any order are.
    """
    series: dict[str, dict[str, float]] = {"delivered": {}, "not delivered": {}}
    currencies: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in held["days"]:
        day, left = each["day"], each["orders"] - each["delivered"]
        for name, orders in (("delivered", each["delivered"]), ("not delivered", left)):
            series[name][day] = series[name].get(day, 0) + orders
        sums = currencies[each["currency"] or ""]
        for name in (*_COUNTED, *_AMOUNTS):
            sums[name] += each[name] or 0
        if each["verified_at"]:  # what is verified is compared with the same days alone
            sums["checked"] += each["orders"]
            sums["checked_amount"] += each["amount"] or 0
    days = sorted({each["day"] for each in held["days"] if each["day"]})
    places = days_between(days[0], days[-1]) if days else []
    rows = _with_gaps(held["days"], days)
    return {"series": series, "places": places, "currencies": currencies, "days": rows}


def _with_gaps(found: Sequence[Mapping[str, Any]], days: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows of days, the newest first, and a row for each gap between them."""
    rows = [dict(each) for each in found]
    for before, after in pairwise(map(date.fromisoformat, days)):
        if (missing := (after - before).days - 1) > 0:
            first, last = before + timedelta(days=1), after - timedelta(days=1)
            rows.append({"day": str(last), "first": str(first), "gap": missing})
    return sorted(rows, key=lambda row: (row["day"] or "", row.get("currency") or ""), reverse=True)

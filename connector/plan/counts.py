"""Counts the orders of a plan by what happens to them."""

from collections import Counter
from typing import Any

import duckdb

from connector.sql import Statements

statement = Statements(__file__)

_NAMED = ("added", "changed", "in_doubt", "invalid")  # of which examples are named
_PENDING = ("planned", "held_back", "changed_while_read")  # verdicts of what is to be sent
_BROKEN = ("invalid", "oversized")
_LEAVING = ("removals", "removals_refused", "unremembered", "surplus", "unfit")


def counted(
    connection: duckdb.DuckDBPyConnection, unread: int, withheld: int, known: int
) -> dict[str, Any]:
    """Return the counts of a plan and its examples.

    Orders that a watermark skipped are in the view as delivered, `unread`, or are not to be sent,
    `withheld`. Delivered before were the `known`.
    """
    counts = _row(connection, "counts")
    violations, leaving = counts.pop("violations"), counts.pop("leaving")
    counts["orders"] += unread + withheld
    counts |= _row(connection, "leaving") if leaving else dict.fromkeys(_LEAVING, 0)
    counts["warned"] = statement.rows(connection, "warned")[0][0] if violations else 0
    states = statement.rows(connection, "states")
    verdicts = statement.rows(connection, "verdicts") if _of(states, "candidate") else []
    counts |= _settled(counts["orders"] - withheld, states, verdicts)
    counts["not_sent"] = _of(states, "not_sent") + withheld
    examples = statement.rows(connection, "examples") if verdicts else []
    return {**counts, "known": known, "examples": dict.fromkeys(_NAMED, ()) | dict(examples)}


def too_large(connection: duckdb.DuckDBPyConnection) -> Counter[str]:
    """Return how many orders proved too large when they were rendered, by their change."""
    return Counter(dict(statement.rows(connection, "too_large")))


def _settled(viewed: int, states: list[Any], verdicts: list[Any]) -> dict[str, int]:
    """Return how many orders are pending, by their change, and what happens to the others."""
    pending, settled, delivered = Counter[str](), Counter[str](), Counter[str]()
    for change, verdict, orders, before in verdicts:
        settled[verdict] += orders
        delivered[verdict] += before
        pending[change] += orders if verdict in _PENDING else 0
    broken = sum(settled[verdict] for verdict in _BROKEN)
    other = sum(orders for state, orders, _ in states if state != "unchanged")
    kept = sum(before for state, _, before in states if state == "refused_before")
    return {
        **{change: pending[change] for change in ("added", "changed", "in_doubt", "withdrawn")},
        "unchanged": viewed - other + settled["unchanged"],
        "invalid": broken,
        "refused_before": _of(states, "refused_before") + settled["refused_before"],
        "changed_while_read": settled["changed_while_read"],
        "spoiled": delivered["invalid"],
        "outdated": kept + sum(delivered[each] for each in (*_BROKEN, "refused_before")),
    }


def _of(states: list[Any], wanted: str) -> int:
    return sum(orders for state, orders, _ in states if state == wanted)


def _row(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    found = statement.run(connection, name)
    names = [column[0] for column in found.description]
    return dict(zip(names, found.fetchone() or (), strict=True))

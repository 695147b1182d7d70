"""The result of a verification, for people, programs and the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import duckdb

from connector.exceptions import CannotTellError
from connector.ledger.ledger import Scope
from connector.reporting.alerts import FOUND
from connector.reporting.reports import Row, rows
from connector.sql import Statements

statement = Statements(__file__)

WRONG = FOUND  # findings that make a verification exit with 1
OPEN = ("not_sent", "too_early", "late", "cannot_tell", "not_compared", "other_sources")
MOST = 100_000  # findings that are listed, and orders that are repaired at once
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """The summary as in JSON, the findings, and the orders that a send would correct.

    Findings have kind, order_id, field, here, there and day. `records` are pairs of an order and
    one of the destination's records of it, for orders that may be there more than once.
    """

    summary: dict[str, Any]
    findings: Sequence[Row] = field(default_factory=list)
    repairable: Sequence[str] = ()
    records: Sequence[tuple[str, str]] = ()

    def repaired(self, run: Row) -> "Outcome":
        """Return the outcome with the summary of the repairing run."""
        code = max(self.exit_code, run["exit_code"])
        return replace(self, summary={**self.summary, "exit_code": code, "repair": run})

    @property
    def exit_code(self) -> int:
        """Return 0 when everything that could be compared is equal."""
        return int(self.summary["exit_code"])


def exit_code(counts: Mapping[str, Any]) -> int:
    """Return 1 when something is wrong, or 7 when some orders could not be compared."""
    if any(counts[kind] for kind in WRONG):
        return 1
    return CannotTellError.exit_code if counts["cannot_tell"] else 0


def summed_up(
    connection: duckdb.DuckDBPyConnection, scope: Scope, days: tuple[date, date], known: Row
) -> Outcome:
    """Return the outcome of the tables `verified.*`; `known` adds facts that are not in them."""
    (counts,) = rows(connection, statement("verify_counts"))
    counts |= known
    findings = rows(connection, statement("verify_findings"), limit=MOST)
    alike = [row["order_id"] for row in rows(connection, statement("verify_alike"))]
    blanks = {row["field"]: row["orders"] for row in rows(connection, statement("verify_blanks"))}
    summary = {
        **scope.values(),
        "exit_code": exit_code(counts),
        **{name: day.isoformat() for name, day in zip(("from", "to"), days, strict=True)},
        **counts,
        "not_comparable": blanks,
        "repair": None,
        "beyond_repair": len(alike),
        "by_hand": known["by_hand"] if alike else None,
        "examples": _examples(findings, alike),
        "problems": rows(connection, statement("verify_problems")),
        "totals": rows(connection, statement("verify_totals")),
    }
    ids = [row["order_id"] for row in rows(connection, statement("verify_repairable"), limit=MOST)]
    records = rows(connection, statement("verify_records"), limit=MOST)
    return Outcome(summary, findings, ids, [(row["order_id"], row["record"]) for row in records])


def _examples(findings: Sequence[Row], alike: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the first ids of each kind, and of orders that cannot be repaired."""
    ids: dict[str, Sequence[str]] = {
        kind: list(dict.fromkeys(row["order_id"] for row in findings if row["kind"] == kind))
        for kind in (*WRONG, "other")
    }
    ids["beyond_repair"] = alike
    return {kind: found[:EXAMPLES] for kind, found in ids.items() if found}

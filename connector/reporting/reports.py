"""Reads the ledger and a plan for people: errors, violations, one order, status."""

import json
from datetime import datetime
from typing import Any

import duckdb

from connector.ledger.ledger import Scope
from connector.sql import statement
from connector.text import exact

Row = dict[str, Any]

ALL = 1 << 31  # rows
LEFT = ("pending", "not_sent")  # what a plan leaves for later, or for ever
STANDINGS = ("sent", "too_early", "counts_for_nothing")


def rows(connection: duckdb.DuckDBPyConnection, name: str, **values: Any) -> list[Row]:
    """Return the rows of a named statement as dictionaries; times as ISO-8601 texts."""
    cursor = connection.execute(statement(name), values or None)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def trend(connection: duckdb.DuckDBPyConnection, scope: Scope, since: datetime | None) -> list[Row]:
    """Return the counts of each day that had runs, the newest first.

    Columns: day, runs, delivered, refused (sums), invalid (as the last run of the day found it).
    """
    return rows(connection, "trend", **scope.values(), since=since)


def runs(connection: duckdb.DuckDBPyConnection, scope: Scope, limit: int) -> list[Row]:
    """Return the last runs of a scope, the newest first, with durations in seconds and counts.

    `stale` is as a summary has it, None of a run that did not read the views.
    """
    found = rows(connection, "runs", **scope.values(), limit=limit)
    return [_with_stale(row) for row in found]


def reasons(connection: duckdb.DuckDBPyConnection, run_id: int) -> dict[str, int]:
    """Return how many orders a run had refused for which reason, in the API's masked words."""
    found = json.loads(rows(connection, "reasons_of_run", run_id=run_id)[0]["reasons"])
    return {str(reason): int(orders) for reason, orders in found.items()}


def violations(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return the violations of the orders judged last.

    Columns: order_id, severity, cost, owner, rule, field, message.
    """
    return rows(connection, "violations")


def judged(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Return how many of the orders judged last are invalid, and how many others have warnings."""
    found = rows(connection, "judged")[0]
    return int(found["invalid"]), int(found["warned"])


def by_rule(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return how many of the orders judged last break each rule.

    Columns: rule, severity, cost, owner, orders, message, examples (up to 3 ids).
    """
    return rows(connection, "by_rule")


def order(connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str) -> Row:
    """Return one staged order: its payload, violations and history.

    Columns of the history: run_id, batch_id, request_id, outcome, status, reason, at. Its standing
    is `sent`, `too_early` or `counts_for_nothing`.
    `outdated_since` is the run that delivered the version at the destination, when the order is
    invalid or refused now.
    """
    payloads = rows(connection, "payload", order_id=order_id)
    return {
        "destination": scope.destination,
        "environment": scope.environment,
        "order_id": order_id,
        "payload": exact.loads(payloads[0]["payload"]) if payloads else None,
        "bytes": payloads[0]["bytes"] if payloads else None,
        "standing": STANDINGS[payloads[0]["standing"]] if payloads else None,
        "violations": violations(connection),
        "history": rows(connection, "history", **scope.values(), order_id=order_id),
        "outdated_since": _outdated_since(connection, scope, order_id),
    }


def last_sent(
    connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str
) -> tuple[Any, int | None]:
    """Return the payload that was sent last of an order and its run; None when it is not kept."""
    found = rows(connection, "payload_of_last", **scope.values(), order_id=order_id)
    return (exact.loads(found[0]["payload"]), found[0]["run_id"]) if found else (None, None)


def _outdated_since(
    connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str
) -> int | None:
    found = rows(connection, "outdated_since", **scope.values(), order_id=order_id)
    return found[0]["run_id"] if found else None


def taken_back(connection: duckdb.DuckDBPyConnection, run_id: int) -> int:
    """Return how many orders of a run the destination has taken back."""
    return int(rows(connection, "taken_back", run_id=run_id)[0]["orders"])


def status(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    """Return the counts of a scope, and the first ids that are in doubt.

    Columns: delivered, refused, taken_back, invalid, outdated (delivered, but invalid or refused
    now), in_doubt, in_doubt_gone (from the view), in_doubt_examples. What is in doubt counts as
    neither delivered nor taken back.
    """
    found = rows(connection, "status", **scope.values())[0]
    doubts = rows(connection, "doubts", **scope.values())
    return found | {"in_doubt_examples": [row["order_id"] for row in doubts]}


def before(connection: duckdb.DuckDBPyConnection, scope: Scope, found: Row) -> Row | None:
    """Return the last run, with what earlier ones tell: the last plan and the last success.

    `found` are the last runs as `recent` has them. Columns: those of `runs` and of `recent`, orders
    and invalid as the last plan found them.
    """
    if not found["last_run"]:
        return None
    planned = rows(connection, "last_plan", **scope.values())[0]
    told = {name: value for name, value in found.items() if name not in {"last_run", "run_before"}}
    return {**found["last_run"], **planned, **told}


def has_refused(connection: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Return whether the destination refused any order, or to give one up."""
    return bool(rows(connection, "any_refused", **scope.values()))


def has_succeeded(connection: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Return whether any run of a scope but a backfill has left nothing to send.

    A run does not count that the ledger knew of before it was put back from a copy.
    """
    return bool(rows(connection, "has_succeeded", **scope.values())[0]["is_loaded"])


def sent_again(connection: duckdb.DuckDBPyConnection, scope: Scope) -> int:
    """Return how many orders were delivered since the ledger can be believed."""
    return int(rows(connection, "sent_again", **scope.values())[0]["orders"])


def recent(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    """Return how the last runs of a scope went.

    Columns: last_run and run_before (rows of `runs` or None), last_success_at, succeeded (the same
    in seconds since 1970), pending and not_sent (orders that the last plan left), newest_at and
    stale (as the last run that read the views found them).
    """
    last, before, *_ = [*runs(connection, scope, 2), None, None]
    success = _last_success(connection, scope)
    return {**scope.values(), "last_run": last, "run_before": before, **success}


def _last_success(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    found = _with_stale(rows(connection, "last_success", **scope.values())[0])
    return found | {"stale": found["stale"] or {}}


def _with_stale(row: Row) -> Row:
    """Return a row with what is stale as a mapping, which the ledger has as JSON."""
    return row | {"stale": json.loads(row["stale"]) if row["stale"] else None}

"""Reads the ledger and a plan for people: errors, violations, one order, status."""

from datetime import datetime
from typing import Any

import duckdb

from connector.ledger.ledger import Scope
from connector.sql import Statements, run
from connector.text import exact

statement = Statements(__file__)

Row = dict[str, Any]

STANDINGS = ("sent", "too_early", "counts_for_nothing")


def rows(connection: duckdb.DuckDBPyConnection, sql: str, **values: Any) -> list[Row]:
    """Return the rows of a statement as dictionaries; times as ISO-8601 texts."""
    cursor = run(connection, sql, values)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def trend(connection: duckdb.DuckDBPyConnection, scope: Scope, since: datetime | None) -> list[Row]:
    """Return the counts of each day that had runs, the newest first.

    Columns: day, runs, delivered, refused (sums), invalid (as the last run of the day found it).
    """
    return rows(connection, statement("trend"), **scope.values(), since=since)


def violations(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return the violations of the orders judged last.

    Columns: order_id, severity, cost, owner, rule, field, message.
    """
    return rows(connection, statement("violations"))


def judged(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Return how many of the orders judged last are invalid, and how many others have warnings."""
    found = rows(connection, statement("judged"))[0]
    return int(found["invalid"]), int(found["warned"])


def by_rule(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return how many of the orders judged last break each rule.

    Columns: rule, severity, cost, owner, orders, message, examples (up to 3 ids).
    """
    return rows(connection, statement("by_rule"))


def order(connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str) -> Row:
    """Return one staged order: its payload, violations and history.

    Columns of the history: run_id, batch_id, request_id, outcome, status, reason, at. Its standing
    is `sent`, `too_early` or `counts_for_nothing`.
    `outdated_since` is the run that delivered the version at the destination, when the order is
    invalid or refused now.
    """
    payloads = rows(connection, statement("payload"), order_id=order_id)
    return {
        "destination": scope.destination,
        "environment": scope.environment,
        "order_id": order_id,
        "payload": exact.loads(payloads[0]["payload"]) if payloads else None,
        "bytes": payloads[0]["bytes"] if payloads else None,
        "standing": STANDINGS[payloads[0]["standing"]] if payloads else None,
        "violations": violations(connection),
        "history": rows(connection, statement("history"), **scope.values(), order_id=order_id),
        "outdated_since": _outdated_since(connection, scope, order_id),
    }


def last_sent(
    connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str
) -> tuple[Any, int | None]:
    """Return the payload that was sent last of an order and its run; None when it is not kept."""
    found = rows(connection, statement("payload_of_last"), **scope.values(), order_id=order_id)
    return (exact.loads(found[0]["payload"]), found[0]["run_id"]) if found else (None, None)


def _outdated_since(
    connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str
) -> int | None:
    found = rows(connection, statement("outdated_since"), **scope.values(), order_id=order_id)
    return found[0]["run_id"] if found else None

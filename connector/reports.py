"""Reads the ledger and a plan for people: errors, violations, one order, status."""

from typing import Any

import duckdb

from connector import exact
from connector.ledger import Scope
from connector.sql import statement

Row = dict[str, Any]


def rows(connection: duckdb.DuckDBPyConnection, name: str, **values: Any) -> list[Row]:
    """Return the rows of a named statement as dictionaries; times as ISO-8601 texts."""
    cursor = connection.execute(statement(name), values or None)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def errors(connection: duckdb.DuckDBPyConnection, scope: Scope, *, warnings: bool) -> list[Row]:
    """Return what keeps orders from the destination.

    Columns: kind, order_id, severity, rule, field, message, status, run_id, at.
    """
    return rows(connection, "errors", **scope.values(), warnings=warnings)


def violations(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return the violations of the orders judged last: order_id, severity, rule, field, message."""
    return rows(connection, "violations")


def by_rule(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return how many of the orders judged last break each rule.

    Columns: rule, severity, orders, message, examples (up to 3 ids).
    """
    return rows(connection, "by_rule")


def order(connection: duckdb.DuckDBPyConnection, scope: Scope, order_id: str) -> Row:
    """Return one staged order: its payload, violations and history.

    Columns of the history: run_id, outcome, status, reason, at.
    """
    payloads = rows(connection, "payload", order_id=order_id)
    return {
        "destination": scope.destination,
        "environment": scope.environment,
        "order_id": order_id,
        "payload": exact.loads(payloads[0]["payload"]) if payloads else None,
        "bytes": payloads[0]["bytes"] if payloads else None,
        "violations": violations(connection),
        "history": rows(connection, "history", **scope.values(), order_id=order_id),
    }


def status(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    """Return the counts of a scope, and the first ids that are in doubt.

    Columns: delivered, refused, invalid, in_doubt, in_doubt_gone (from the view),
    in_doubt_examples.
    """
    found = rows(connection, "status", **scope.values())[0]
    doubts = rows(connection, "doubts", **scope.values())
    return found | {"in_doubt_examples": [row["order_id"] for row in doubts]}


def recent(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    """Return how the last runs of a scope went.

    Columns: last_run and run_before (rows of `runs` or None), last_success_at, succeeded (the same
    in seconds since 1970) and pending (orders that the last plan left).
    """
    runs = rows(connection, "runs", **scope.values(), limit=2)
    last, before, *_ = [*runs, None, None]
    success = rows(connection, "last_success", **scope.values())[0]
    return {**scope.values(), "last_run": last, "run_before": before, **success}

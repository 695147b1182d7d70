"""What the ledger has recorded of verifications."""

import json

import duckdb

from connector.ledger.ledger import Scope
from connector.reporting import run_reports
from connector.reporting.reports import Row, rows
from connector.sql import Statements

statement = Statements(__file__)


def are_kept(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the ledger has a table for verifications, which one of before lacks."""
    return bool(statement.rows(connection, "has_verifications"))


def last_verification(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row | None:
    """Return what the last verification found, None when there was none.

    Columns: at, ended (the same in seconds since 1970), from, to, and its counts.
    """
    if not are_kept(connection):
        return None
    found = rows(connection, statement("last_verification"), **scope.values())
    if not found:
        return None
    summary = json.loads(found[0].pop("summary"))
    summary.pop("totals", None)
    return {**found[0], **summary}


def verified_days(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Row]:
    """Return what the destination held of each day and currency when it was last verified.

    Columns: day, currency, orders, amount (exact text or None), at. A ledger of an earlier version
    has none.
    """
    if not are_kept(connection):
        return []
    return rows(connection, statement("verified_days"), **scope.values())


def recent(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    """Return how the last runs of a scope went, and its `last_verification`; see `reports`."""
    verification = last_verification(connection, scope)
    return run_reports.recent(connection, scope) | {"last_verification": verification}

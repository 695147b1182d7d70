"""Reads the ledger for people and for the next run: what runs did, and how they ended."""

import json

import duckdb

from connector.ledger.ledger import Scope
from connector.reporting.reports import Row, rows
from connector.sql import Statements

statement = Statements(__file__)

ALL = 1 << 31  # runs
_COUNTS = (  # of a summary
    *("orders", "added", "changed", "in_doubt", "unchanged", "removed", "invalid"),
    *("refused_before", "outdated", "not_sent", "delivered", "taken_back", "refused", "pending"),
    *("batches", "requests", "retries", "bytes"),
)


def scopes_of(connection: duckdb.DuckDBPyConnection, run_id: int) -> list[Row]:
    """Return destination and environment of the runs that have a number."""
    return rows(connection, statement("scope_of_run"), run_id=run_id)


def batches(connection: duckdb.DuckDBPyConnection, run_id: int) -> list[Row]:
    """Return the batches of a run.

    Columns: batch_id, delivered, refused, statuses, request_ids, first_at, last_at.
    """
    return rows(connection, statement("batches"), run_id=run_id)


def runs(connection: duckdb.DuckDBPyConnection, scope: Scope, limit: int) -> list[Row]:
    """Return the last runs of a scope, the newest first, with durations in seconds and counts.

    `stale` is as a summary has it, None of a run that did not read the views.
    """
    wanted = {**scope.values(), "limit": limit, "counts": list(_COUNTS)}
    return [_run(row) for row in rows(connection, statement("runs"), **wanted)]


def reasons(connection: duckdb.DuckDBPyConnection, run_id: int) -> dict[str, int]:
    """Return how many orders a run had refused for which reason, in the API's masked words."""
    found = json.loads(rows(connection, statement("reasons_of_run"), run_id=run_id)[0]["reasons"])
    return {str(reason): int(orders) for reason, orders in found.items()}


def before(connection: duckdb.DuckDBPyConnection, scope: Scope, found: Row) -> Row | None:
    """Return the last run, with what earlier ones tell: the last plan and the last success.

    `found` are the last runs as `recent` has them. Columns: those of `runs` and of `recent`, orders
    and invalid as the last plan found them.
    """
    if not found["last_run"]:
        return None
    planned = rows(connection, statement("last_plan"), **scope.values())[0]
    told = {name: value for name, value in found.items() if name not in {"last_run", "run_before"}}
    return {**found["last_run"], **planned, **told}


def recent(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    """Return how the last runs of a scope went.

    Columns: last_run and run_before (rows of `runs` or None), last_success_at, succeeded (the same
    in seconds since 1970), pending and not_sent (orders that the last plan left), newest_at and
    stale (as the last run that read the views found them).
    """
    last, before, *_ = [*runs(connection, scope, 2), None, None]
    success = _last_success(connection, scope)
    return {**scope.values(), "last_run": last, "run_before": before, **success}


def has_succeeded(connection: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Return whether any run of a scope but a backfill has left nothing to send.

    A run does not count that the ledger knew of before it was put back from a copy.
    """
    return bool(rows(connection, statement("has_succeeded"), **scope.values())[0]["is_loaded"])


def sent_again(connection: duckdb.DuckDBPyConnection, scope: Scope) -> int:
    """Return how many orders were delivered since the ledger can be trusted."""
    return int(rows(connection, statement("sent_again"), **scope.values())[0]["orders"])


def taken_back(connection: duckdb.DuckDBPyConnection, run_id: int) -> int:
    """Return how many orders of a run the destination has taken back."""
    return int(rows(connection, statement("taken_back"), run_id=run_id)[0]["orders"])


def _last_success(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    found = _with_stale(rows(connection, statement("last_success"), **scope.values())[0])
    return found | {"stale": found["stale"] or {}}


def _run(row: Row) -> Row:
    """Return a row of `runs` with the counts and alerts of its summary, as far as it has one."""
    counts = dict(zip(_COUNTS, row.pop("counts") or [None] * len(_COUNTS), strict=True))
    last = {name: row.pop(name) for name in ("error", "cause", "alerts", "stale")}
    alerts = json.loads(last["alerts"] or "null")
    if alerts is not None:
        alerts = [{name: each.get(name) for name in ("kind", "message")} for each in alerts]
    told = {name: None if each is None else int(each) for name, each in counts.items()}
    return _with_stale({**row, **told, **last, "alerts": alerts})


def _with_stale(row: Row) -> Row:
    """Return a row with what is stale as a mapping, which the ledger has as JSON."""
    return row | {"stale": json.loads(row["stale"]) if row["stale"] else None}

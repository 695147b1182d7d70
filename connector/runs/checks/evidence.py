"""Counts what the guards check: vanished orders, changed amounts, repeated side effects."""

from functools import partial

import duckdb

from connector.compile.judging import evidence
from connector.compile.judging.identity import IDENTITY
from connector.contract.contract import Contract
from connector.ledger.contents.run_log import now
from connector.ledger.ledger import Scope
from connector.plan import columns
from connector.plan.choice import Plan
from connector.reporting import freshness, run_reports
from connector.reporting.alerts import Alert
from connector.runs.checks.guard import LEAST_OF_MONEY, Evidence
from connector.runs.job import Job
from connector.sql import Statements, run

statement = Statements(__file__)


def gather(
    connection: duckdb.DuckDBPyConnection, contract: Contract, scope: Scope, plan: Plan
) -> Evidence:
    """Return what the guards check in addition to the plan."""
    columns.sample(connection, contract, scope)
    many = plan.resent + plan.withdrawn >= LEAST_OF_MONEY
    sql = evidence.moved(contract) if many else None
    moved, money = run(connection, sql, {}).fetchall()[0] if sql else (0, 0.0)
    return Evidence(
        vanished=columns.vanished(connection),
        moved=moved,
        money=money or 0.0,
        is_loaded=run_reports.has_succeeded(connection, scope),
        most_changed=partial(columns.most_changed, connection, contract, scope),
    )


def repeats(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Return how many planned orders would repeat the side effect of an earlier send."""
    return _count(connection, evidence.repeated(contract))


def moved(connection: duckdb.DuckDBPyConnection, contract: Contract, name: str) -> list[Alert]:
    """Return an account's alert for valid orders in which members changed that should not."""
    rules = [f"{column}.{IDENTITY}" for column in contract.orders.steady]
    if not rules:
        return []
    orders, members = run(connection, statement("moved"), {"rules": rules}).fetchall()[0]
    if not orders:
        return []
    what = f"{orders:,} delivered orders have another {', '.join(members)} than was sent"
    see = f"see `connector errors {name} --warnings` and `on_identity_change`"
    return [Alert("identity", f"{name}: {what}; {see}")]


def stale(job: Job, plan: Plan) -> dict[str, str]:
    """Return what has had nothing new for too long; a window of the views cannot show that."""
    if plan.scan == "window":
        return {}
    sources = job.warehouse.late_above(job.models)
    look = freshness.Look(now(), plan.newest_at, job.destination.stale_after, sources)
    return freshness.stale(job.connection, job.scope, look)


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(run(connection, sql, {}).fetchall()[0][0])

"""Counts what the guards look at: vanished orders, other amounts, repeated side effects."""

import duckdb

from connector import reports
from connector.choice import Plan
from connector.columns import ColumnSample
from connector.compile import evidence
from connector.contract import Contract
from connector.guard import LEAST, Evidence
from connector.ledger import Scope
from connector.sql import run


def gather(
    connection: duckdb.DuckDBPyConnection, contract: Contract, scope: Scope, plan: Plan
) -> Evidence:
    """Return what the guards look at beside the plan."""
    sample = ColumnSample(connection, contract, scope)
    moved = evidence.moved(contract) if plan.resent > LEAST else None
    return Evidence(
        vanished=sample.vanished(),
        moved=_count(connection, moved) if moved else 0,
        is_loaded=reports.has_succeeded(connection, scope),
        most_changed=sample.most_changed,
    )


def repeats(connection: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    """Return how many planned orders would set off again what an earlier send of them set off."""
    return _count(connection, evidence.repeated(contract))


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(run(connection, sql, {}).fetchall()[0][0])

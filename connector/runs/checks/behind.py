"""Says why orders stay behind: the rules and refusals with the most orders."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from connector.delivery.delivered import Delivered
from connector.ledger.ledger import Scope
from connector.plan.choice import Plan
from connector.reporting.reports import rows
from connector.sql import Statements

statement = Statements(__file__)

MOST = 3  # reasons


@dataclass(frozen=True, slots=True)
class Behind:
    """Why some orders stay behind: a broken rule of the contract, or what the API says."""

    type: str  # invalid or refused
    rule: str | None
    message: str
    orders: int


def behind(
    connection: duckdb.DuckDBPyConnection, scope: Scope, plan: Plan, done: Delivered
) -> tuple[Behind, ...]:
    """Return the three reasons with the most orders, of a plan and of what was sent of it."""
    found = sorted(_found(connection, scope, plan, done), key=lambda each: -each.orders)
    return tuple(found[:MOST])


def _found(
    connection: duckdb.DuckDBPyConnection, scope: Scope, plan: Plan, done: Delivered
) -> Iterator[Behind]:
    if plan.invalid:
        table = "invalid_in_ledger" if plan.in_windows else "invalid_by_rule"
        for row in rows(connection, statement(table), **scope.values(), most=MOST):
            yield Behind("invalid", **row)
    for reason, orders in done.reasons.items():
        yield Behind("refused", None, reason, orders)
    if plan.refused_before:
        before = {**scope.values(), "now": list(done.reasons), "most": MOST}
        for row in rows(connection, statement("refused_before"), **before):
            yield Behind("refused", None, **row)

"""Reads the ledger for people: how many orders of a destination stand where."""

import duckdb

from connector.ledger.ledger import Scope
from connector.reporting.reports import Row, rows
from connector.sql import Statements

statement = Statements(__file__)

LEFT = ("pending", "not_sent")  # what a plan leaves for later, or for ever


def status(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Row:
    """Return the counts of a scope, and the first ids that are in doubt.

    Columns: delivered, refused, taken_back, invalid, outdated (delivered, but invalid or refused
    now), in_doubt, in_doubt_gone (from the view), in_doubt_examples. What is in doubt counts as
    neither delivered nor taken back.
    """
    found = rows(connection, statement("status"), **scope.values())[0]
    doubts = rows(connection, statement("doubts"), **scope.values())
    return found | {"in_doubt_examples": [row["order_id"] for row in doubts]}


def has_refused(connection: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Return whether the destination refused any order, or to give one up."""
    return bool(rows(connection, statement("any_refused"), **scope.values()))

"""The views over the tables of a ledger."""

from connector.sql import Statements

statement = Statements(__file__)


def views() -> str:
    """Return the statements that make the views anew, since earlier versions had others."""
    return statement("views")

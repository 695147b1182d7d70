"""The tables of a ledger, by the version that brought them."""

from connector.sql import Statements

statement = Statements(__file__)


def new() -> str:
    """Return the statements that make the tables of a new ledger, but for the latest."""
    return statement("schema", "answers", "requests", "memory", "steady")


def answers() -> str:
    """Return the statements that make the tables of answers and outcomes."""
    return statement("answers")


def memory() -> str:
    """Return those of version 3: the ledger's name, and what may still be under way."""
    return statement("memory")


def requests() -> str:
    """Return those of version 4: the requests of the present run."""
    return statement("requests")


def steady() -> str:
    """Return those of version 5: what should stay of orders as it was sent."""
    return statement("steady")


def latest() -> str:
    """Return the statements of tables that any ledger may lack, or have already."""
    return statement("watermarks", "completeness")

"""Compiles a contract to SQL text that stages, fingerprints, judges and renders orders.

The functions are pure: they open no connection. The SQL reads the tables `staged.<entity>`, which
hold every column of the contract for the chosen orders, and `work.*`, which belong to the plan.
"""

from collections.abc import Mapping, Sequence

# The columns of each entity's view; an entity without a view is not in it.
Columns = Mapping[str, Sequence[str]]


def quote(identifier: str) -> str:
    """Return the identifier quoted for SQL, whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def created(schema: str, name: str, select: str) -> str:
    """Return the statement that creates a table from the rows of a select."""
    return f"create table {quote(schema)}.{quote(name)} as {select}"


def remade(schema: str, name: str, select: str) -> str:
    """Return the statement that creates a table from a select, or replaces it if it exists."""
    return f"create or replace table {quote(schema)}.{quote(name)} as {select}"


def inserted(schema: str, name: str, select: str) -> str:
    """Return the statement that adds the rows of a select to a table, by their columns' names."""
    return f"insert into {quote(schema)}.{quote(name)} by name {select}"


def temporary(name: str, select: str) -> str:
    """Return the statement that makes a table of the connection itself, or replaces it."""
    return f"create or replace temporary table {quote(name)} as {select}"


def collected(schema: str, name: str, select: str) -> str:
    """Return the statements that add the rows of a select to a table, created when missing."""
    table = f"{quote(schema)}.{quote(name)}"
    made = f"create table if not exists {table} as from ({select}) limit 0;"
    return f"{made} insert into {table} {select}"


def dropped(schema: str, name: str) -> str:
    """Return the statement that drops a table."""
    return f"drop table {quote(schema)}.{quote(name)}"

"""Compiles a contract to SQL text: stage, fingerprint, judge and render; pure, it opens nothing.

The SQL reads the tables `staged.<entity>`, which hold every column of the contract for the orders
in question, and `work.*`, which belong to the plan.
"""

from collections.abc import Mapping, Sequence

# The columns that each entity's view has; an entity without a view is left out.
Columns = Mapping[str, Sequence[str]]


def quote(identifier: str) -> str:
    """Return the identifier quoted for SQL, whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def created(schema: str, name: str, select: str) -> str:
    """Return the statement that keeps the rows of a select as a table."""
    return f"create table {quote(schema)}.{quote(name)} as {select}"


def remade(schema: str, name: str, select: str) -> str:
    """Return the same where the table may be there already."""
    return f"create or replace table {quote(schema)}.{quote(name)} as {select}"


def collected(schema: str, name: str, select: str) -> str:
    """Return the statements that add the rows of a select to a table, made if it is not there."""
    table = f"{quote(schema)}.{quote(name)}"
    made = f"create table if not exists {table} as from ({select}) limit 0;"
    return f"{made} insert into {table} {select}"


def dropped(schema: str, name: str) -> str:
    """Return the statement that drops a table."""
    return f"drop table {quote(schema)}.{quote(name)}"

"""Compiles a contract to SQL text: stage, fingerprint, judge and render; pure, it opens nothing.

The SQL reads the tables `staged.<entity>`, which hold every column of the contract for the orders in question, and
`work.*`, which belong to the plan.
"""

from collections.abc import Mapping, Sequence

Columns = Mapping[
    str, Sequence[str]
]  # the columns that each entity's view has; an entity without a view is left out


def quote(identifier: str) -> str:
    """Return the identifier quoted for SQL, whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return the text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"

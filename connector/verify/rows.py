"""Finds the rows in an answer, however they are wrapped; only DuckDB parses them."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import duckdb

from connector.compile import literal
from connector.http.answer import storable

_LAYERS = 2  # of JSON texts within JSON
_ERROR = (
    "coalesce(json_extract_string($answer, '$.error'), json_extract_string($answer, '$.errors'), "
    "json_extract_string($answer, '$.exception')) is not null "
    "or coalesce(json_extract_string($answer, '$.success') = 'false', false)"
)


def rows_of(
    connection: duckdb.DuckDBPyConnection, answer: str, members: Sequence[str]
) -> str | None:
    """Return the JSON text of the array that an answer is, or that one of its `members` holds.

    Returns None when the answer is not valid JSON, reports an error, or has no rows.
    """
    for _ in range(_LAYERS):
        if answer[:1] == '"':
            with suppress(ValueError):
                answer = storable(json.loads(answer)).strip()
    kind = _value(connection, "json_type($answer)", answer)
    if kind == "ARRAY":
        return answer
    if kind != "OBJECT" or _value(connection, _ERROR, answer):
        return None
    found = None
    for name in members:
        path = literal(f"$.{name}")
        kind = _value(connection, f"json_type($answer, {path})", answer)
        if kind == "ARRAY":
            array = f"cast(json_extract($answer, {path}) as varchar)"
            return str(_value(connection, array, answer))
        found = "[]" if kind == "NULL" else found
    return found


def _value(connection: duckdb.DuckDBPyConnection, sql: str, answer: str) -> Any:
    """Return a value of an answer, None when the answer is not valid JSON."""
    select = f"select case when json_valid($answer) then {sql} end"
    row = connection.execute(select, {"answer": answer}).fetchone()
    return row[0] if row else None

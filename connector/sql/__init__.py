"""Runs the statements that stand in a .sql file beside each module; values are bound."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

_COUNT = "select count(*) from query_table($table)"
_MARK = "-- name: "
_KEPT = 512  # parsed texts


class Statements:
    """The statements of the .sql file beside a module; each begins with `-- name: …`.

    Made as `statements = Statements(__file__)`; the file is read when the first one is asked for.
    """

    def __init__(self, module: str) -> None:
        self._path = Path(module).with_suffix(".sql")

    def __call__(self, *names: str) -> str:
        """Return the text of statements, one after the other; raises KeyError."""
        found = _named(self._path)
        return ";\n".join(found[name] for name in names)

    def run(
        self, connection: duckdb.DuckDBPyConnection, name: str, **values: Any
    ) -> duckdb.DuckDBPyConnection:
        """Run what is named, each statement with those of the values that it names."""
        return run(connection, self(name), values)

    def rows(self, connection: duckdb.DuckDBPyConnection, name: str, **values: Any) -> list[Any]:
        """Run the same, and return the rows of the last statement."""
        return self.run(connection, name, **values).fetchall()


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any]
) -> duckdb.DuckDBPyConnection:
    """Run statements, each with the values that it names; returns the result of the last."""
    for part in _parsed(connection, sql):
        connection.execute(part, {name: values[name] for name in part.named_parameters})
    return connection


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Return how many rows a table has."""
    return int(run(connection, _COUNT, {"table": table}).fetchall()[0][0])


@cache
def _named(path: Path) -> dict[str, str]:
    """Return the statements of a file by name, without the last semicolon: some are embedded."""
    _, *parts = ("\n" + path.read_text(encoding="utf-8")).split(f"\n{_MARK}")
    found = (part.partition("\n") for part in parts)
    return {name.strip(): text.strip().rstrip(";").rstrip() for name, _, text in found}


_texts: dict[str, list[duckdb.Statement]] = {}


def _parsed(connection: duckdb.DuckDBPyConnection, sql: str) -> list[duckdb.Statement]:
    """Return the statements of a text; any connection can run them.

    `duckdb.extract_statements` would start a second database of its own.
    """
    found = _texts.get(sql)
    if found is None:
        if len(_texts) >= _KEPT:
            _texts.clear()
        found = _texts[sql] = connection.extract_statements(sql)
    return found

"""The smallest JSON text that says what the views say, told without our SQL.

`python -m bench.smallest DB` prints how many bytes all orders take, brackets and commas left out.
Nulls and children that are not there are left out, numbers are as short as can be without an
exponent, times end in Z, and letters that need no escape have none.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

CHILDREN = {"products": "northbeam__products", "refunds": "northbeam__refunds"}
KEY, PARTS = "order_id", "__"


def smallest(path: str) -> int:
    """Return the bytes of all orders of a warehouse."""
    connection = duckdb.connect(path, read_only=True)
    connection.execute("set timezone = 'UTC'")
    children = {name: _children(connection, view) for name, view in CHILDREN.items()}
    size = 0
    for order in _rows(connection, "northbeam__orders"):
        lists = {name: found[order[KEY]] for name, found in children.items() if order[KEY] in found}
        text = json.dumps(order | lists, ensure_ascii=False, separators=(",", ":"))
        size += len(text.encode())
    return size


def _children(connection: duckdb.DuckDBPyConnection, view: str) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in _rows(connection, view):
        found[row.pop(KEY)].append(row)
    return found


def _rows(connection: duckdb.DuckDBPyConnection, view: str) -> Iterator[dict[str, Any]]:
    result = connection.execute("from query_table($view)", {"view": view})
    names = [column[0] for column in result.description or ()]
    while rows := result.fetchmany(1000):
        for row in rows:
            yield _nested(dict(zip(names, row, strict=True)))


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or name.startswith("_"):
            continue
        parent, _, member = name.partition(PARTS)
        place = nested.setdefault(parent, {}) if member else nested
        place[member or name] = _short(value)
    return nested


def _short(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


if __name__ == "__main__":
    print(smallest(sys.argv[1]))

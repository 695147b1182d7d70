"""Classifies DuckDB's types by name: text, whole numbers, times, lists, …."""

import re
from collections.abc import Iterator

from connector.compile import quote

MAX_SCALE = 12  # decimals; with more, the contract's limits do not fit a DECIMAL
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_LIST = re.compile(r"\[\d*\]$")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_FAMILIES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "UUID": "uuid",
    "JSON": "json",
    "DATE": "date",
    "BLOB": "blob",
    '"NULL"': "null",
    "TIMESTAMP WITH TIME ZONE": "zoned",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "naive"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("UHUGEINT", "BIGNUM"), "huge"),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "whole"),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"), "whole"),
}
_COMPOSED = {"ENUM(": "enum", "STRUCT(": "struct", "MAP(": "map", "DECIMAL(": "decimal"}
_DIRECT = {
    "string": ("text",),
    "timestamp": ("zoned",),
    "number": ("whole", "decimal"),
    "integer": ("whole", "decimal"),
    "boolean": ("boolean",),
}
# DuckDB's reserved words, which must be quoted as names of columns.
_WORDS = (
    "all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by "
    "case cast check collate collation column columns concurrently constraint create cross default "
    "deferrable desc describe distinct do else end except false fetch for foreign freeze from full "
    "generated glob group having ilike in initially inner intersect into is isnull join lambda "
    "lateral leading left like limit map natural not notnull null offset on only or order outer "
    "overlaps pivot pivot_longer pivot_wider placing positional primary qualify references "
    "returning right select semi show similar some struct summarize symmetric table tablesample "
    "then to trailing true try_cast tuple union unique unpack unpivot using variadic verbose "
    "when where window with"
)
_RESERVED = frozenset(_WORDS.split())


def family(data_type: str) -> str:
    """Return the family of a type, such as text, whole, decimal or list; else `other`."""
    if _LIST.search(data_type):
        return "list"
    composed = (name for start, name in _COMPOSED.items() if data_type.startswith(start))
    return _FAMILIES.get(data_type) or next(composed, "other")


def element(data_type: str) -> str:
    """Return the type of the elements of a list or an array."""
    return _LIST.sub("", data_type)


def fields(data_type: str) -> dict[str, str]:
    """Return the fields of a STRUCT and their types, in order."""
    inner = data_type.removeprefix("STRUCT(").removesuffix(")")
    found = {}
    for part in _parts(inner):
        name, _, rest = part.partition(" ")
        if part.startswith('"'):
            end = re.match(r'"(?:[^"]|"")*"', part)
            quoted = end[0] if end else part
            name, rest = quoted[1:-1].replace('""', '"'), part[len(quoted) + 1 :]
        found[name] = rest
    return found


def _parts(text: str) -> Iterator[str]:
    """Yield the parts between commas that are outside of brackets and quotes."""
    depth, start, mark = 0, 0, ""
    for at, letter in enumerate(text):
        if mark:
            mark = "" if letter == mark else mark
        elif letter in "\"'":
            mark = letter
        elif letter == "," and not depth:
            yield text[start:at].strip()
            start = at + 1
        else:
            depth += {"(": 1, ")": -1}.get(letter, 0)
    yield text[start:].strip()


def scale(data_type: str) -> tuple[int, int] | None:
    """Return the digits of a DECIMAL and its decimals, None for other types."""
    found = _DECIMAL.fullmatch(data_type)
    return (int(found[1]), int(found[2])) if found else None


def fits(kind: str, data_type: str) -> bool:
    """Return whether a column of this type needs no cast for a kind of the contract."""
    if kind == "strings":
        return data_type == "VARCHAR[]"
    digits = scale(data_type)
    is_exact = digits is None or (digits[1] <= MAX_SCALE and digits[1] < digits[0])
    return family(data_type) in _DIRECT[kind] and is_exact


def written(name: str) -> str:
    """Return the name of a column for SQL, quoted only if necessary."""
    is_plain = _PLAIN.fullmatch(name) and name not in _RESERVED
    return name if is_plain else quote(name)

"""Lossless conversions, which the connector makes itself and announces."""

from collections.abc import Mapping

from connector.compile import quote
from connector.compile.reading.stage import TYPES
from connector.fit.types import element, family, scale

_AS_TEXT = ("whole", "huge", "uuid", "enum")


def cast(kind: str, data_type: str, column: str) -> str | None:
    """Return SQL that casts a (quoted) column to the kind, None when the cast may lose something.

    Whole numbers, UUID and ENUM become text, 0 and 1 a boolean, arrays of these a list of texts; an
    untyped column has no values. Numbers other than 0 and 1 raise an error when they are read.
    """
    found = family(data_type)
    if found == "null" or (kind == "string" and _is_exact_text(data_type)):
        return f"cast({column} as {TYPES[kind]})"
    if kind == "boolean" and found == "whole":
        return (
            f"case when {column} in (0, 1) then {column} = 1 "
            f"when {column} is not null then error('neither 0 nor 1') end"
        )
    if kind == "strings" and found == "list":
        within = element(data_type)
        if family(within) in {"text", "null"} or _is_exact_text(within):
            return f"cast({column} as varchar[])"
    return None


def of_nulls(kind: str, column: str) -> str:
    """Return SQL that casts nulls of any type to a kind; a value raises an error."""
    null = f"cast(null as {TYPES[kind]})"
    return f"case when {column} is not null then error('not null') else {null} end"


def replaced(relation: str, casts: Mapping[str, str]) -> str:
    """Return the relation, or a select from it with the casts applied."""
    if not casts:
        return relation
    columns = ", ".join(f"{sql} as {quote(name)}" for name, sql in casts.items())
    return f"(select * replace ({columns}) from {relation})"


def _is_exact_text(data_type: str) -> bool:
    """Return whether each value of the type has exactly one text."""
    digits = scale(data_type)
    return family(data_type) in _AS_TEXT or (digits is not None and digits[1] == 0)

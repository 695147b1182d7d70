"""Conversions that lose nothing: the connector makes them itself and says so."""

from collections.abc import Mapping

from connector.compile import quote
from connector.compile.stage import TYPES
from connector.fit.types import element, family, scale

_AS_TEXT = ("whole", "huge", "uuid", "enum")


def cast(kind: str, data_type: str, column: str) -> str | None:
    """Return SQL of a (quoted) column of the type as the kind takes it, None when it may lose.

    Whole numbers, UUID and ENUM become text, 0 and 1 a boolean, arrays of such a list of texts; a
    column without a type has no values. Any other number than 0 and 1 is an error when it is read.
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
    """Return SQL that makes nulls of any type those of a kind; a value is an error."""
    null = f"cast(null as {TYPES[kind]})"
    return f"case when {column} is not null then error('not null') else {null} end"


def replaced(relation: str, casts: Mapping[str, str]) -> str:
    """Return a view, or a select in place of its name in which columns are cast."""
    if not casts:
        return relation
    columns = ", ".join(f"{sql} as {quote(name)}" for name, sql in casts.items())
    return f"(select * replace ({columns}) from {relation})"


def _is_exact_text(data_type: str) -> bool:
    """Return whether each value of the type has one text only."""
    digits = scale(data_type)
    return family(data_type) in _AS_TEXT or (digits is not None and digits[1] == 0)

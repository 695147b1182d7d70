"""SQL that judges single values by the keywords of JSON Schema."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connector.compile import literal, quote
from connector.compile.judging.check import Check, on_path
from connector.compile.judging.formats import FORMATS
from connector.compile.judging.remedy import (
    Remedy,
    cut,
    cut_values,
    distinct_values,
    first_values,
    left_out,
    without_values,
)
from connector.contract.entity import Entity, Field
from connector.contract.schema import Schema

FEW = 8  # codes
WORD = re.compile("[A-Za-z0-9_]+")

Condition = tuple[str, str]  # SQL that is true for an invalid value, and the message


def _constant(value: str | float) -> str:
    return literal(value) if isinstance(value, str) else str(value)


def _not_in(value: str, codes: Sequence[str | float]) -> str:
    """Return SQL that is true when a value is not among some codes, and null for null.

    For many words, one regular expression is several times faster than one comparison per word.
    """
    if len(codes) > FEW and all(isinstance(code, str) and WORD.fullmatch(code) for code in codes):
        return f"not regexp_full_match({value}, {literal('|'.join(map(str, codes)))})"
    return f"{value} not in ({', '.join(map(_constant, codes))})"


def _nulls(value: str) -> str:
    return f"len(list_filter({value}, lambda item: item is null))"


def _repeats(value: str) -> str:
    """Return SQL that is true when a list repeats a value; most lists have one or two values."""
    return (
        f"len({value}) > 1 and case when len({value}) = 2 "
        f"then {value}[1] is not distinct from {value}[2] "
        f"else len({value}) <> len(list_distinct({value})) + least(1, {_nulls(value)}) end"
    )


_KEYWORDS: dict[str, Callable[[str, Any], Condition]] = {
    "minLength": lambda value, limit: (
        f"length({value}) < {limit}",
        f"is shorter than {limit} characters; leave it out (null) when there is no value",
    ),
    "maxLength": lambda value, limit: (
        f"length({value}) > {limit}",
        f"is longer than {limit} characters; shorten it in the model",
    ),
    "pattern": lambda value, pattern: (
        f"not regexp_matches({value}, {literal(pattern)})",
        f"does not match {pattern}; normalise it in the model or leave it out",
    ),
    "enum": lambda value, codes: (
        _not_in(value, codes),
        "is not a code that the API accepts; map it in the model",
    ),
    "minimum": lambda value, limit: (
        f"{value} < {limit}",
        f"is below {limit}; correct it in the model",
    ),
    "maximum": lambda value, limit: (
        f"{value} > {limit}",
        f"is above {limit}; correct it in the model",
    ),
    "exclusiveMinimum": lambda value, limit: (
        f"{value} <= {limit}",
        f"is not above {limit}; correct it in the model",
    ),
    "format": lambda value, name: (FORMATS[name][0](value), FORMATS[name][1]),
    "uniqueItems": lambda value, _: (
        _repeats(value),
        "has the same value twice; keep each value once in the model",
    ),
    "minItems": lambda value, limit: (f"len({value}) < {limit}", f"has fewer than {limit} values"),
    "maxItems": lambda value, limit: (
        f"len({value}) > {limit}",
        f"has more than {limit} values; keep fewer",
    ),
}


def of_value(entity: Entity, field: Field) -> Iterator[Check]:
    """Yield the checks of one value: its keywords, those of its items, limits of SQL types."""
    value, path = quote(field.column), field.path
    gone = left_out(entity, path)
    for keyword, limit, (condition, message) in _broken(value, field.schema):
        mended, shorter = gone, None
        if keyword == "uniqueItems":
            mended = distinct_values(entity, path)
        elif keyword in _SHORTER:
            shorter = _SHORTER[keyword](entity, path, limit)
        yield on_path(entity, path, keyword, condition, message, mended, shorter)
    if field.kind == "integer":
        fraction = f"{value} <> trunc({value})"
        yield on_path(entity, path, "type", fraction, "is not a whole number; round it", gone)
    yield from _of_items(entity, field)


def _of_items(entity: Entity, field: Field) -> Iterator[Check]:
    """Yield the checks of the values of a list; an invalid value alone is left out."""
    value, path = quote(field.column), field.path
    for keyword, limit, (condition, message) in _broken("item", field.schema.get("items", {})):
        some, said = _some_item(value, condition), f"has a value that {message}"
        shorter = cut_values(entity, path, limit) if keyword == "maxLength" else None
        without = without_values(entity, path, condition)
        yield on_path(entity, path, f"items.{keyword}", some, said, without, shorter)
    if field.kind == "strings":
        said = "has a null among its values; filter it out"
        without = without_values(entity, path, "item is null")
        yield on_path(entity, path, "items.type", f"{_nulls(value)} > 0", said, without)


_SHORTER: Mapping[str, Callable[[Entity, tuple[str, ...], int], Remedy]] = {
    "maxLength": cut,
    "maxItems": first_values,
}


def _broken(value: str, schema: Schema) -> Iterator[tuple[str, Any, Condition]]:
    for keyword, limit in schema.items():
        if keyword in _KEYWORDS:
            yield keyword, limit, _KEYWORDS[keyword](value, limit)


def _some_item(value: str, condition: str) -> str:
    return f"len(list_filter({value}, lambda item: {condition})) > 0"

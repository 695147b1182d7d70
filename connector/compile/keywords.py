"""SQL that judges one value by the keywords of JSON Schema."""

from collections.abc import Callable, Iterator
from typing import Any

from connector.compile import literal, quote
from connector.compile.check import Check, on_path
from connector.entity import Entity, Field
from connector.schema import Schema

Condition = tuple[str, str]  # SQL that is true for a broken value, and what is said of it


def _constant(value: str | float) -> str:
    return literal(value) if isinstance(value, str) else str(value)


def _nulls(value: str) -> str:
    return f"len(list_filter({value}, lambda item: item is null))"


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
        f"{value} not in ({', '.join(map(_constant, codes))})",
        "is none of the codes that the API takes; map it in the model",
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
    "format": lambda value, _: (
        f"not isfinite({value}) or year({value} at time zone 'UTC') not between 1 and 9999",
        "is no date between the years 1 and 9999; correct it in the model",
    ),
    "uniqueItems": lambda value, _: (
        f"len({value}) <> len(list_distinct({value})) + least(1, {_nulls(value)})",
        "has the same value twice; keep each value once in the model",
    ),
    "minItems": lambda value, limit: (f"len({value}) < {limit}", f"has fewer than {limit} values"),
    "maxItems": lambda value, limit: (
        f"len({value}) > {limit}",
        f"has more than {limit} values; keep fewer",
    ),
}


def of_value(entity: Entity, field: Field) -> Iterator[Check]:
    """Yield the checks of one value: its keywords, those of its items, and what SQL types allow."""
    value = quote(field.column)
    for keyword, (condition, message) in _broken(value, field.schema):
        yield on_path(entity, field.path, keyword, condition, message)
    if field.kind == "integer":
        fraction = f"{value} <> trunc({value})"
        yield on_path(entity, field.path, "type", fraction, "is not a whole number; round it")
    for keyword, (condition, message) in _broken("item", field.schema.get("items", {})):
        some, said = _some_item(value, condition), f"has a value that {message}"
        yield on_path(entity, field.path, f"items.{keyword}", some, said)
    if field.kind == "strings":
        nulls = f"{_nulls(value)} > 0"
        said = "has a null among its values; filter it out"
        yield on_path(entity, field.path, "items.type", nulls, said)


def _broken(value: str, schema: Schema) -> Iterator[tuple[str, Condition]]:
    for keyword, limit in schema.items():
        if keyword in _KEYWORDS:
            yield keyword, _KEYWORDS[keyword](value, limit)


def _some_item(value: str, condition: str) -> str:
    return f"len(list_filter({value}, lambda item: {condition})) > 0"

"""What a contract says of the columns of one view, as the cells of a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from connector.compile.judging.check import Check
from connector.compile.judging.remedy import dotted
from connector.contract.entity import Entity, Field
from connector.contract.schema import CONST, Schema

TYPES = {
    "string": "VARCHAR",
    "strings": "VARCHAR[]",
    "timestamp": "TIMESTAMPTZ",
    "number": "DECIMAL",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
}
_FORMATS = {"email": "an e-mail address", "ip": "an IP address, version 4 or 6"}
_MANY = 12  # codes: with more of them only the first and the last are shown

_RANGES = (  # the keyword that sets the least, the one that sets the most, and what they count
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " values"),
    ("minimum", "maximum", ""),
)


# What a broken rule costs, as the pages say it.
COSTS = {
    "refuse": "the order is refused",
    "leave_out": "left out",
    "shorten": "shortened",
    "warn": "sent, with a warning",
}


def described(entity: Entity, checks: Iterable[Check]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each column that is sent.

    Its name, type, need, limits, what a broken value costs, meaning, source.
    """
    own = [check for check in checks if check.entity == entity.name and not check.is_across]
    for path, schema, need in _columns(entity.schema, (), ""):
        field = Field(path, schema, required=False)
        yield (
            f"`{field.column}`",
            TYPES[field.kind],
            need,
            "; ".join(_limits(schema)),
            _costs(dotted(entity, path), own),
            _meaning(schema),
            schema.get("x-source", ""),
        )


def _meaning(schema: Schema) -> str:
    """Return the description of a field, with what the contract says of how it is handled."""
    text = str(schema.get("description", "")) + (" Personal." if schema.get("x-personal") else "")
    return text + (
        "" if schema.get("x-causes-send", True) else " A change of it alone sends nothing."
    )


def _costs(field: str, checks: Iterable[Check]) -> str:
    """Return what each rule of a field costs; `*` marks the rules that are ours."""
    found: dict[str, list[str]] = {}
    for check in checks:
        if check.field == field:
            name = f"`{check.rule.removeprefix(field + '.')}`" + ("\\*" if check.is_ours else "")
            found.setdefault(COSTS[check.cost], []).append(name)
    return "; ".join(f"{', '.join(names)}: {cost}" for cost, names in found.items())


def _columns(
    schema: Schema, prefix: tuple[str, ...], within: str
) -> Iterator[tuple[tuple[str, ...], Schema, str]]:
    """Yield path, schema and need of each column; `within` is the optional object around them."""
    for name, value in schema["properties"].items():
        path, is_needed = (*prefix, name), name in schema.get("required", ())
        if CONST in value:
            continue
        if value["type"] == "object":
            around = within if is_needed else ".".join(path)
            yield from _columns(value, path, around)
        elif value.get("items", {}).get("type") != "object":
            needed = f"with `{within}`" if within else "required"
            yield path, value, needed if is_needed else "optional"


def _limits(schema: Schema) -> Iterator[str]:
    for least, most, what in _RANGES:
        if least in schema or most in schema:
            yield _range(schema.get(least), schema.get(most)) + what
    if "exclusiveMinimum" in schema:
        yield f"above {schema['exclusiveMinimum']:,}"
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    if "pattern" in schema:
        # A code that holds a backtick stands between two of them.
        yield f"`` {schema['pattern']} ``" if "`" in schema["pattern"] else f"`{schema['pattern']}`"
    if "enum" in schema:
        yield _codes(schema["enum"])
    if schema.get("uniqueItems"):
        yield "each value once"
    if "items" in schema:
        yield from (f"each {limit}" for limit in _limits(schema["items"]))


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {most:,}"
    return f"at least {least:,}" if most is None else f"{least:,} to {most:,}"


def _codes(values: list[Any]) -> str:
    if len(values) <= _MANY:
        return "one of " + ", ".join(f"`{value}`" for value in values)
    return f"one of {len(values)} codes, `{values[0]}` to `{values[-1]}`"

"""What a contract says of the columns of one view, as the cells of a table."""

from collections.abc import Iterator
from typing import Any

from connector.entity import Entity, Field
from connector.schema import Schema

TYPES = {
    "string": "VARCHAR",
    "strings": "VARCHAR[]",
    "timestamp": "TIMESTAMPTZ",
    "number": "DECIMAL",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
}
_MANY = 12  # codes: with more of them only the first and the last are shown

_RANGES = (  # the keyword that sets the least, the one that sets the most, and what they count
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " values"),
    ("minimum", "maximum", ""),
)


def described(entity: Entity) -> Iterator[tuple[str, ...]]:
    """Yield a row for each column that is sent: its name, type, need, limits, meaning, source."""
    for path, schema, need in _columns(entity.schema, (), ""):
        field = Field(path, schema, required=False)
        yield (
            f"`{field.column}`",
            TYPES[field.kind],
            need,
            "; ".join(_limits(schema)),
            _meaning(schema),
            schema.get("x-source", ""),
        )


def _meaning(schema: Schema) -> str:
    """Return the description of a field, with what the contract says of how it is handled."""
    text = str(schema.get("description", "")) + (" Personal." if schema.get("x-personal") else "")
    return text + (
        "" if schema.get("x-causes-send", True) else " A change of it alone sends nothing."
    )


def _columns(
    schema: Schema, prefix: tuple[str, ...], within: str
) -> Iterator[tuple[tuple[str, ...], Schema, str]]:
    """Yield path, schema and need of each column; `within` is the optional object around them."""
    for name, value in schema["properties"].items():
        path, is_needed = (*prefix, name), name in schema.get("required", ())
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
    if "pattern" in schema:
        yield f"`{schema['pattern']}`"
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

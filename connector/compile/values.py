"""SQL that renders one value as JSON: exact decimals, ISO-8601 with an offset, escaped texts."""

from connector.compile import quote
from connector.entity import Entity, Field

_VALUES = {
    "string": "cast(to_json({}) as varchar)",
    "strings": "cast(to_json({}) as varchar)",
    "number": "cast({} as varchar)",
    "integer": "cast(cast({} as hugeint) as varchar)",
    "boolean": "cast({} as varchar)",
    "timestamp": "strftime({} at time zone 'UTC', '\"%Y-%m-%dT%H:%M:%S{offset}\"')",
}


def rendered(entity: Entity, field: Field) -> str:
    """Return SQL of a field's JSON text, null for a null, over the staged rows of its entity.

    Times are in UTC, written as the contract's `x-offset` says: Z unless it is +00:00.
    """
    offset = field.schema.get("x-offset", "Z")
    value = f"{quote(entity.name)}.{quote(field.column)}"
    return _VALUES[field.kind].replace("{offset}", offset).format(value)

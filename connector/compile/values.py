"""SQL that renders one value as JSON: exact decimals, ISO-8601 with an offset, escaped texts."""

from connector.compile import quote
from connector.entity import Entity, Field

_VALUES = {
    "string": "cast(to_json({}) as varchar)",
    "strings": "cast(to_json({}) as varchar)",
    "number": "cast({} as varchar)",
    "integer": "cast(cast({} as hugeint) as varchar)",
    "boolean": "cast({} as varchar)",
    "timestamp": "strftime({} at time zone 'UTC', '\"%Y-%m-%dT%H:%M:%SZ\"')",
}


def rendered(entity: Entity, field: Field) -> str:
    """Return SQL of a field's JSON text, null for a null, over the staged rows of its entity."""
    return _VALUES[field.kind].format(f"{quote(entity.name)}.{quote(field.column)}")

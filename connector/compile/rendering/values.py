"""SQL that renders one value as JSON: exact short decimals, ISO-8601, escaped texts."""

from connector.compile import quote
from connector.contract.entity import Entity, Field

_VALUES = {
    "string": "cast(to_json({0}) as varchar)",
    "strings": "cast(to_json({0}) as varchar)",
    # 12.50 is 12.5 and 12.00 is 12: the same number in fewer bytes.
    "number": "case when {0} % 1 = 0 then cast(cast({0} as hugeint) as varchar) "
    "else rtrim(cast({0} as varchar), '0') end",
    "integer": "cast(cast({0} as hugeint) as varchar)",
    "boolean": "cast({0} as varchar)",
    # What ICU would return for the time zone UTC, at half the cost.
    "timestamp": "case when isfinite({0}) "
    "then strftime(make_timestamp(epoch_us({0})), '\"%Y-%m-%dT%H:%M:%S{offset}\"') "
    "else strftime({0} at time zone 'UTC', '\"%Y-%m-%dT%H:%M:%S{offset}\"') end",
}


def rendered(entity: Entity, field: Field) -> str:
    """Return SQL of a field's JSON text over the staged rows of its entity, null for a null.

    Times are in UTC, written as the contract's `x-offset` says: Z unless it is +00:00.
    """
    offset = field.schema.get("x-offset", "Z")
    value = f"{quote(entity.name)}.{quote(field.column)}"
    return _VALUES[field.kind].replace("{offset}", offset).format(value)

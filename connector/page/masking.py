"""Masks values that a contract marks as personal, or does not define."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.reporting.difference import Change

MASK = "•••"


def masked(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a value of a payload with its personal parts masked, by its JSON Schema."""
    if value is None or schema.get("x-personal"):
        return None if value is None else MASK
    if isinstance(value, Mapping):
        known = schema.get("properties", {})
        others = schema.get("additionalProperties")
        open_to = others if isinstance(others, Mapping) else {"x-personal": True}
        return {name: masked(each, known.get(name, open_to)) for name, each in value.items()}
    if isinstance(value, list):
        return [masked(each, schema.get("items", {})) for each in value]
    return value


def is_personal(path: str, contract: Contract) -> bool:
    """Return whether a changed field such as `products[tea].name` is personal or unknown."""
    schema: Mapping[str, Any] = contract.schema
    for part in path.split("."):
        name = part.partition("[")[0]
        found = schema.get("properties", {}).get(name)
        if found is None or found.get("x-personal"):
            return True
        schema = found.get("items", found)
    return False


def masked_change(change: Change, contract: Contract) -> Change:
    """Return a changed field with both values masked where it is personal or unknown."""
    if not is_personal(change.field, contract):
        return change
    before, now = (None if each is None else MASK for each in (change.before, change.now))
    return replace(change, before=before, now=now)


def masked_row(row: Mapping[str, Any], entity: Entity) -> dict[str, Any]:
    """Return a row of a view with personal and unknown columns masked."""
    shown = entity.open_columns
    return {name: value if name in shown or value is None else MASK for name, value in row.items()}

"""Whether a keyword of a contract is the vendor's or ours, and what breaking it costs."""

from collections.abc import Mapping
from typing import Any

COSTS = ("off", "warn", "leave_out", "shorten", "refuse")  # of a broken rule, by what it costs


def ours(schema: Mapping[str, Any], keyword: str) -> tuple[bool, str | None]:
    """Return whether a keyword is ours and not the vendor's, and what it costs where that is said.

    `x-ours` is a list of keywords, or maps them to costs.
    """
    said = schema.get("x-ours", ())
    if said is True:
        return True, None
    cost = said.get(keyword) if isinstance(said, Mapping) else None
    return keyword in said, cost


def vendors(schema: Any) -> Any:
    """Return a schema with the vendor's keywords alone."""
    if isinstance(schema, list):
        return [vendors(part) for part in schema if not _is_ours(part)]
    if not isinstance(schema, Mapping):
        return schema
    kept = {key: vendors(part) for key, part in schema.items() if not ours(schema, key)[0]}
    if "required" in kept and "properties" in schema:
        inside = schema["properties"]
        kept["required"] = [n for n in kept["required"] if not ours(inside[n], "required")[0]]
    if not kept.get("allOf", True):
        del kept["allOf"]  # which must not be empty
    return kept


def _is_ours(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("x-ours") is True


def standard(value: Any) -> Any:
    """Return a schema without its `x-` keys."""
    if isinstance(value, Mapping):
        return {key: standard(part) for key, part in value.items() if not key.startswith("x-")}
    return [standard(part) for part in value] if isinstance(value, list) else value

"""The part of JSON Schema 2020-12 that a contract may use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connector.errors import ContractError

Schema = Mapping[str, Any]

ANNOTATIONS = {"$schema", "title", "description"}
KEYWORDS = {
    "object": {"properties", "required", "additionalProperties", "allOf"},
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
    "string": {"minLength", "maxLength", "pattern", "enum", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "enum"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "enum"},
    "boolean": set(),
}


def check(path: Path, schema: Schema, prefix: tuple[str, ...] = ()) -> None:
    """Raise ContractError for the first property, at any depth, of an unknown type or keyword."""
    for name, value in schema["properties"].items():
        where = (*prefix, name)
        _check_keywords(path, ".".join(where), value)
        if value["type"] == "object":
            check(path, value, where)
        elif value.get("items", {}).get("type") == "object":
            check(path, value["items"], where)


def _check_keywords(path: Path, where: str, schema: Schema) -> None:
    kind = schema["type"]
    if kind not in KEYWORDS:
        raise ContractError(
            f"{path}: {where}: type {kind!r} is not supported; use one of {', '.join(KEYWORDS)}"
        )
    for word in schema:
        if word not in KEYWORDS[kind] | ANNOTATIONS | {"type"} and not word.startswith("x-"):
            raise ContractError(f"{path}: {where}: keyword {word!r} is not supported for a {kind}")


def standard(value: Any) -> Any:
    """Return a schema without its `x-` keys."""
    if isinstance(value, Mapping):
        return {key: standard(part) for key, part in value.items() if not key.startswith("x-")}
    return [standard(part) for part in value] if isinstance(value, list) else value

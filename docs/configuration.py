"""The reference of connector.yml, in Markdown, as its JSON Schema has it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connector.config import schema
from connector.contract.contract import Contract
from docs.markdown import Lines, code, section, table

Known = Mapping[str, Contract]


def page(known: Known) -> str:
    """Return a page with a table of the keys of the file, and one of each destination's."""
    document = json.loads(schema.text(known))
    lines = [
        "# Configuration",
        "",
        "The keys of `connector.yml`. Editors complete them by `connector.schema.json`, which",
        "`connector init` writes.",
        "",
        *section("The file", _keys(document)),
        *(
            line
            for name, part in document["definitions"].items()
            for line in section(f"destinations.{name}", _keys(part))
        ),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _keys(part: Mapping[str, Any]) -> Lines:
    required = set(part.get("required", ()))
    yield from table(["key", "value", "default", "what"], _rows(part, "", required))


def _rows(
    part: Mapping[str, Any], before: str, required: set[str]
) -> Iterator[tuple[str, str, str, str]]:
    for key, value in part.get("properties", {}).items():
        if key == "destinations":
            continue
        default = code(value["default"]) if "default" in value else ""
        if key in required:
            default = "needed"
        yield code(before + key), _kind(value), default, value.get("description", "")
        yield from _rows(value, f"{before}{key}.", set())


def _kind(value: Mapping[str, Any]) -> str:
    if "enum" in value:
        return " or ".join(code(each) for each in value["enum"])
    if "const" in value:
        return code(value["const"])
    if "anyOf" in value:
        return " or ".join(_kind(each) for each in value["anyOf"])
    kinds = value.get("type", "any value")
    return " or ".join(kinds) if isinstance(kinds, list) else kinds

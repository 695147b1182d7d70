"""For each rule of a contract's schema, an order that breaks it and one just within it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connector.contract.contract import Contract
from tests.generated_orders import TYPES, YEAR_10000, Generated

Changes = Mapping[str, Any]
CENT = Decimal("0.01")
MATCHING = {
    "^[0-9a-f]{64}$": "0123456789abcdef" * 4,
    "^[+]?[0-9]{5,15}$": "+380441234567",
    "email": "someone@mail.example",
    "ip": "10.0.0.1",
}


@dataclass(frozen=True)
class Case:
    """A rule, and the change of a valid order that breaks it; `rows` is how many rows it has."""

    rule: str
    entity: str
    broken: Changes = field(default_factory=dict)
    inside: Changes = field(default_factory=dict)
    broken_rows: int = 1
    inside_rows: int = 1


def fine(schema: Changes) -> Any:
    if schema["type"] == "array":
        return [fine(schema["items"])]
    if schema["type"] == "boolean":
        return True
    if schema["type"] != "string":
        return Decimal("1.00")
    if schema.get("format") == "date-time":
        return 0
    if "pattern" in schema or "format" in schema:
        return MATCHING[schema.get("pattern") or schema["format"]]
    return schema.get("enum", ["text"])[0]


def leaves(schema: Changes, prefix: str = "") -> Iterator[tuple[str, Changes]]:
    """Columns of an entity with their schemas."""
    for name, value in schema["properties"].items():
        if value["type"] == "object":
            yield from leaves(value, f"{prefix}{name}__")
        elif "x-entity" not in value:
            yield prefix + name, value


def entities(schema: Changes, label: str = "") -> Iterator[tuple[str, str, Changes]]:
    """Name, label and schema of each entity, for contracts of two levels."""
    yield schema["x-entity"], label, schema
    for name, value in schema["properties"].items():
        if "x-entity" in value:
            yield value["x-entity"], f"{name}.", value["items"]


def exclusions(schema: Changes) -> dict[str, str]:
    """Fields that must not come together; the former is left out of a valid order."""
    pairs = [part["not"]["required"] for part in schema.get("allOf", []) if "not" in part]
    return {second: first for first, second in pairs}


def row(schema: Changes) -> dict[str, Any]:
    return {
        column: None if column in exclusions(schema) else fine(value)
        for column, value in leaves(schema)
    }


def cases(contract: Contract) -> Iterator[Case]:
    """All rules but a missing key, for which the whole view is refused."""
    key = f"{contract.key}.required"
    return (case for case in _cases(contract) if case.rule != key)


def _cases(contract: Contract) -> Iterator[Case]:
    for entity, label, schema in entities(contract.schema):
        excluded = exclusions(schema)
        for column, value in leaves(schema):
            alone = {excluded[column]: None} if column in excluded else {}
            for keyword, broken, inside in of_value(value):
                rule = f"{label}{column.replace('__', '.')}.{keyword}"
                yield Case(rule, entity, {column: broken, **alone}, {column: inside, **alone})
        yield from missing(entity, label, schema, "")
        for second, first in excluded.items():
            both = {name: fine(schema["properties"][name]) for name in (first, second)}
            rule = f"{label}{first}.not_together_with_{second}"
            yield Case(rule, entity, both, {**both, first: None})
    for name, value in contract.schema["properties"].items():
        if "x-entity" in value:
            yield from of_list(name, value, name in contract.schema["required"])


def missing(entity: str, label: str, schema: Changes, prefix: str) -> Iterator[Case]:
    for name, value in schema["properties"].items():
        if value["type"] == "object":
            yield from missing(entity, label, value, f"{prefix}{name}__")
        if name in schema.get("required", ()) and "x-entity" not in value:
            column = prefix + name
            yield Case(f"{label}{column.replace('__', '.')}.required", entity, {column: None})


def of_value(schema: Changes) -> Iterator[tuple[str, Any, Any]]:
    """Keyword, a value that breaks it and one just within it."""
    for keyword, limit in schema.items():
        if keyword in ("minLength", "maxLength", "pattern", "enum"):
            yield keyword, *of_text(schema, keyword, limit)
        elif keyword in ("minimum", "maximum"):
            yield (
                keyword,
                Decimal(limit) + (CENT if keyword == "maximum" else -CENT),
                Decimal(limit),
            )
        elif keyword == "format" and limit != "date-time":
            yield keyword, "no match", fine(schema)
        elif keyword == "format":
            yield keyword, YEAR_10000, YEAR_10000 - 1
        elif keyword == "uniqueItems":
            yield keyword, ["text", "text"], ["text", "Text", "te\u0301xt", "t\u00e9xt"]
        elif keyword == "items":
            yield "items.type", ["text", None], ["text"]
            for word, broken, inside in of_value(limit):
                yield f"items.{word}", ["text", broken], ["text", inside]


def of_text(schema: Changes, keyword: str, limit: Any) -> tuple[Any, Any]:
    if keyword == "minLength":
        return "x" * (limit - 1), "😀" * limit
    if keyword == "maxLength":
        start = fine(schema)
        return start + "é" * (limit + 1 - len(start)), start + "😀" * (limit - len(start))
    if keyword == "pattern":
        return "no match", fine(schema)
    return limit[-1].lower(), limit[-1]


def of_list(name: str, schema: Changes, required: bool) -> Iterator[Case]:  # noqa: FBT001
    entity = schema["x-entity"]
    if required:
        yield Case(f"{name}.required", entity, broken_rows=0)
    if schema.get("uniqueItems"):
        yield Case(f"{name}.uniqueItems", entity, broken_rows=2)
    if "maxItems" in schema:
        most = schema["maxItems"]
        yield Case(f"{name}.maxItems", entity, broken_rows=most + 1, inside_rows=most)


def id_of(contract: Contract, case: Case, verdict: str) -> str:
    """`broken <rule>` or `inside <rule>`, except for rules of the key itself."""
    return getattr(case, verdict).get(contract.key, f"{verdict} {case.rule}")


def orders(contract: Contract) -> Generated:
    """Two orders per case."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for case in cases(contract):
        for verdict in ("broken", "inside"):
            for name, _, schema in entities(contract.schema):
                mine = name == case.entity
                count = getattr(case, f"{verdict}_rows") if mine else 1
                changes = getattr(case, verdict) if mine else {}
                key = {contract.key: id_of(contract, case, verdict)}
                rows = [
                    {**row(schema), **changes, **key, "_position": number}
                    for number in range(count)
                ]
                tables.setdefault(name, []).extend(rows)
    return Generated(tables, types(contract))


def types(contract: Contract) -> dict[str, dict[str, str]]:
    return {
        entity.name: dict.fromkeys(entity.keys, "varchar")
        | {f.column: TYPES.get(f.kind, "decimal(38, 2)") for f in entity.fields}
        | ({"_position": "integer"} if entity.label else {"_pixel_event_at": "timestamptz"})
        for entity in contract.entities()
    }

"""For each rule of a contract, an order that breaks it: a golden order with one change."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.contract.entity import Entity
from connector.contract.schema import Schema
from tests.conformance.examples import Examples, Order
from tests.generated_orders import YEAR_10000

CENT = Decimal("0.01")
UNMATCHED = ("no match", "!", "", "\n")


@dataclass(frozen=True)
class Case:
    """An order that breaks `rule`, and with it the rules in `also`."""

    rule: str
    order: Order
    also: frozenset[str] = frozenset()


def cases(examples: Examples) -> list[Case]:
    """All rules but a missing key, for which the whole view is refused."""
    contract = examples.contract
    found = [case for entity in contract.entities() for case in of_entity(examples, entity)]
    found += [case for rule in contract.rules for case in across(examples, rule.rule, rule.entity)]
    return [case for case in found if case.rule != f"{contract.key}.required"]


def across(examples: Examples, name: str, entity: str) -> Iterator[Case]:
    """The orders of `<destination>.yml` that break a rule across columns."""
    (label,) = (each.label for each in examples.contract.entities() if each.name == entity)
    rule = name if name.startswith(label) else f"{label}.{name}"
    for changes in examples.rules.get(name, ()):
        rows = {name: rows for name, rows in changes.items() if name != "also"}
        yield Case(rule, changed(examples.first, rows), frozenset(changes.get("also", ())))


def of_entity(examples: Examples, entity: Entity) -> Iterator[Case]:
    yield from of_object(examples, entity, entity.schema, ())
    for child in entity.children:
        for keyword, order in of_list(examples, child):
            yield Case(f"{child.label}.{keyword}", order)


def of_object(
    examples: Examples, entity: Entity, schema: Schema, prefix: tuple[str, ...]
) -> Iterator[Case]:
    """The cases of fields that exclude each other, and of fields that are required."""

    def case(path: tuple[str, ...], keyword: str, changes: Mapping[str, Any]) -> Case:
        label = (entity.label,) if entity.label else ()
        return Case(".".join((*label, *path, keyword)), with_row(examples, entity, changes))

    apart = exclusions(schema, prefix)
    for name, value in schema["properties"].items():
        path, column = (*prefix, name), "__".join((*prefix, name))
        if "const" in value or value.get("items", {}).get("type") == "object":
            continue
        if name in schema.get("required", ()):
            yield case(path, "required", dict.fromkeys(columns(value, path)))
        if value["type"] == "object":
            yield from of_object(examples, entity, value, path)
        elif column in examples.filled(entity):
            alone = dict.fromkeys(apart.get(column, ()))
            for keyword, broken in of_value(value, examples.value(entity, column)):
                yield case(path, keyword, {**alone, column: broken})
    for combination in schema.get("allOf", ()):
        yield case(*of_combination(examples, entity, schema, prefix, combination))


def of_combination(
    examples: Examples, entity: Entity, schema: Schema, prefix: tuple[str, ...], combination: Schema
) -> tuple[tuple[str, ...], str, dict[str, Any]]:
    if "not" in combination:
        names = combination["not"]["required"]
        both = {"__".join((*prefix, name)) for name in names}
        changes = {column: examples.value(entity, column) for column in both}
        return (*prefix, names[0]), "not_together_with_" + "_or_".join(names[1:]), changes
    names = [option["required"][0] for option in combination["anyOf"]]
    paths = [(schema["properties"][name], (*prefix, name)) for name in names]
    none = dict.fromkeys(column for value, path in paths for column in columns(value, path))
    return (*prefix, names[0]), "or_" + "_or_".join(names[1:]), none


def columns(schema: Schema, path: tuple[str, ...]) -> list[str]:
    """The columns of a value; an object has several."""
    if schema["type"] != "object":
        return ["__".join(path)]
    inside = schema["properties"].items()
    return [column for name, value in inside for column in columns(value, (*path, name))]


def exclusions(schema: Schema, prefix: tuple[str, ...]) -> dict[str, set[str]]:
    """For each column, those that must not come together with it."""
    sets = [part["not"]["required"] for part in schema.get("allOf", ()) if "not" in part]
    named = [{"__".join((*prefix, name)) for name in names} for names in sets]
    return {column: together - {column} for together in named for column in together}


def of_value(schema: Schema, golden: Any) -> Iterator[tuple[str, Any]]:
    """Each keyword with a value that breaks it."""
    step = 1 if schema["type"] == "integer" else CENT
    for keyword, limit in schema.items():
        if keyword in ("minLength", "maxLength", "pattern", "enum"):
            yield keyword, of_text(schema, keyword, limit, golden)
        elif keyword in ("minimum", "exclusiveMinimum"):
            yield keyword, Decimal(limit) - (step if keyword == "minimum" else 0)
        elif keyword == "maximum":
            yield keyword, Decimal(limit) + step
        elif keyword == "format":
            yield keyword, YEAR_10000 if limit == "date-time" else "no match"
        elif keyword in ("uniqueItems", "minItems", "maxItems"):
            broken = {"uniqueItems": golden[:1] * 2, "minItems": golden[: limit - 1]}
            yield keyword, broken.get(keyword) or [f"{golden[0]}{n}" for n in range(limit + 1)]
        elif keyword == "items":
            yield "items.type", [golden[0], None]
            for word, broken in of_value(limit, golden[0]):
                yield f"items.{word}", [golden[0], broken]
    if schema["type"] == "integer":
        yield "type", Decimal("1.50")


def of_text(schema: Schema, keyword: str, limit: Any, golden: str) -> str:
    if keyword == "minLength":
        return golden[: limit - 1]
    if keyword == "maxLength":
        return golden + "0" * (limit + 1 - len(golden))
    if keyword == "pattern":
        fits = [text for text in UNMATCHED if len(text) >= schema.get("minLength", 0)]
        return next(text for text in fits if not re.search(limit, text))
    return f"no {limit[-1]}"


def of_list(examples: Examples, child: Entity) -> Iterator[tuple[str, Order]]:
    """Each keyword of a list of objects with an order that breaks it."""
    schema, golden = child.list_schema, examples.first[child.name]

    def order(rows: list[Mapping[str, Any]]) -> Order:
        return {**examples.first, child.name: rows} | {each.name: [] for each in below(child)}

    if child.required:
        yield "required", order([])
    if schema.get("uniqueItems"):
        yield "uniqueItems", order(golden[:1] * 2)
    if schema.get("minItems", 1) > 1:
        yield "minItems", order(golden[:1])
    if "maxItems" in schema:
        yield "maxItems", order(golden[:1] * (schema["maxItems"] + 1))


def with_row(examples: Examples, entity: Entity, changes: Mapping[str, Any]) -> Order:
    """The first golden order with the first row of an entity changed.

    What hangs on a row whose key is changed is left out.
    """
    order = changed(examples.first, {entity.name: [changes]})
    lost = below(entity) if entity.item_key in changes else []
    return order | {each.name: [] for each in lost}


def below(entity: Entity) -> list[Entity]:
    return [each for each in entity.walk() if each is not entity]


def changed(order: Order, changes: Mapping[str, list[Mapping[str, Any]]]) -> Order:
    """Change row by row; a change beyond the last row changes a copy of the first."""
    order = copy.deepcopy(order)
    for name, each in changes.items():
        rows = order.setdefault(name, [])
        rows += [dict(rows[0]) for _ in each[len(rows) :]]
        for row, change in zip(rows, each, strict=False):
            row.update(change)
    return order

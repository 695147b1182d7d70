"""SQL that judges orders by the contract: the JSON Schema keywords and the rules across fields."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connector.compile import literal, quote
from connector.contract import Contract, Entity, Field
from connector.schema import Schema

Condition = tuple[str, str]  # SQL that is true for a broken value, and what is said of it

_KEYWORDS: dict[str, Callable[[str, Any], Condition]] = {
    "minLength": lambda value, limit: (
        f"length({value}) < {limit}",
        f"is shorter than {limit} characters; leave it out (null) when there is no value",
    ),
    "maxLength": lambda value, limit: (
        f"length({value}) > {limit}",
        f"is longer than {limit} characters; shorten it in the model",
    ),
    "pattern": lambda value, pattern: (
        f"not regexp_matches({value}, {literal(pattern)})",
        f"does not match {pattern}; normalise it in the model or leave it out",
    ),
    "enum": lambda value, codes: (
        f"{value} not in ({', '.join(map(literal, codes))})",
        "is none of the codes that the API takes; map it in the model",
    ),
    "minimum": lambda value, limit: (
        f"{value} < {limit}",
        f"is below {limit}; correct it in the model",
    ),
    "maximum": lambda value, limit: (
        f"{value} > {limit}",
        f"is above {limit}; correct it in the model",
    ),
    "exclusiveMinimum": lambda value, limit: (
        f"{value} <= {limit}",
        f"is not above {limit}; correct it in the model",
    ),
    "format": lambda value, _: (
        f"not isfinite({value}) or year({value}) not between 1 and 9999",
        "is no date between the years 1 and 9999; correct it in the model",
    ),
    "uniqueItems": lambda value, _: (
        f"len({value}) <> len(list_distinct({value}))",
        "has the same value twice; keep each value once in the model",
    ),
    "minItems": lambda value, limit: (f"len({value}) < {limit}", f"has fewer than {limit} values"),
    "maxItems": lambda value, limit: (
        f"len({value}) > {limit}",
        f"has more than {limit} values; keep fewer",
    ),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule as SQL: `condition` is true for a row of the entity that breaks it."""

    rule: str
    entity: str
    field: str
    severity: str
    message: str
    condition: str


def checks(contract: Contract) -> list[Check]:
    """Return every check of a contract that looks at one row: what the schema says of values."""
    return [
        check
        for entity in contract.entities()
        for check in _object(entity, entity.schema, (), None)
    ]


def list_checks(contract: Contract) -> list[Check]:
    """Return every check of a contract that looks at the rows of a child entity together; conditions are over
    `items` and `distinct_items`, the counts of one list, null where there is no list.
    """
    return [
        check
        for entity in contract.entities()
        for child in entity.children
        for check in _list(entity, child)
    ]


def rule_checks(contract: Contract) -> list[Check]:
    """Return the contract's rules across fields as checks."""
    return [
        Check(
            rule.rule
            if entity.label == "" or rule.rule.startswith(entity.label)
            else f"{entity.label}.{rule.rule}",
            rule.entity,
            _dotted(entity, (rule.field,)),
            rule.severity,
            rule.message,
            rule.violated_when,
        )
        for rule in contract.rules
        for entity in contract.entities()
        if entity.name == rule.entity
    ]


def violations(contract: Contract, checks_of_entity: Sequence[tuple[int, Check]]) -> str:
    """Return a select of (order_id, number) over one entity's staged rows: which checks they break, by number."""
    name = quote(checks_of_entity[0][1].entity)
    key = quote(contract.key)
    broken = ", ".join(
        f"case when {check.condition} then {number} end" for number, check in checks_of_entity
    )
    anything = " or ".join(f"({check.condition})" for _, check in checks_of_entity)
    return (
        f"select distinct order_id, number from (select {key} as order_id, unnest([{broken}]) as number "
        f"from staged.{name} where {anything}) where number is not null"
    )


def list_violations(contract: Contract, number: int, check: Check) -> str:
    """Return a select of (order_id, number) over the lists of one child entity."""
    parent, child = next(
        (parent, child)
        for parent in contract.entities()
        for child in parent.children
        if child.name == check.entity
    )
    keys = ", ".join(map(quote, child.keys))
    row = ", ".join(quote(field.column) for field in child.fields)
    return (
        f"select distinct {quote(contract.key)} as order_id, {number} as number "
        f"from staged.{quote(parent.name)} left join (select {keys}, count(*) as items, "
        f"count(distinct row({row})) as distinct_items from staged.{quote(child.name)} group by {keys}) "
        f"using ({keys}) where {check.condition}"
    )


def rule_violations(contract: Contract, number: int, check: Check) -> str:
    """Return a select of (order_id, number); the rule's SQL names the entities as the contract does."""
    names = ", ".join(
        f"{quote(entity.name)} as (from staged.{quote(entity.name)})"
        for entity in contract.entities()
    )
    return (
        f"with {names} select distinct {quote(check.entity)}.{quote(contract.key)} as order_id, {number} as number "
        f"from {quote(check.entity)} where {check.condition}"
    )


def _object(
    entity: Entity, schema: Schema, prefix: tuple[str, ...], present: str | None
) -> Iterator[Check]:
    """Yield the checks of one object; `present` is SQL that says whether a nested one is there."""
    guard = f"{present} and " if present else ""
    for name, value in schema["properties"].items():
        path = (*prefix, name)
        if value.get("items", {}).get("type") == "object":
            continue
        if name in schema.get("required", ()):
            yield _check(entity, path, "required", f"{guard}not {_present(value, path)}", _MISSING)
        if value["type"] == "object":
            yield from _object(entity, value, path, _present(value, path))
        else:
            yield from _value(entity, Field(path, value, required=False))
    for combination in schema.get("allOf", ()):
        yield _combination(entity, schema, prefix, guard, combination)


_MISSING = "is missing; give it a value in the model"


def _value(entity: Entity, field: Field) -> Iterator[Check]:
    value = quote(field.column)
    for keyword, limit in field.schema.items():
        if keyword in _KEYWORDS:
            condition, message = _KEYWORDS[keyword](value, limit)
            yield _check(entity, field.path, keyword, condition, message)
    if field.kind == "integer":
        yield _check(
            entity,
            field.path,
            "type",
            f"{value} <> trunc({value})",
            "is not a whole number; round it",
        )
    for keyword, limit in field.schema.get("items", {}).items():
        if keyword in _KEYWORDS:
            condition, message = _KEYWORDS[keyword]("item", limit)
            some = f"len(list_filter({value}, lambda item: {condition})) > 0"
            yield _check(
                entity, field.path, f"items.{keyword}", some, f"has a value that {message}"
            )
    if field.kind == "strings":
        nulls = f"len(list_filter({value}, lambda item: item is null)) > 0"
        yield _check(
            entity, field.path, "items.type", nulls, "has a null among its values; filter it out"
        )


def _combination(
    entity: Entity, schema: Schema, prefix: tuple[str, ...], guard: str, combination: Schema
) -> Check:
    def all_present(names: Sequence[str]) -> str:
        return " and ".join(_present(schema["properties"][name], (*prefix, name)) for name in names)

    if "not" in combination:
        names = combination["not"]["required"]
        condition, keyword = all_present(names), "not_together_with_" + "_or_".join(names[1:])
    else:
        options = [option["required"] for option in combination["anyOf"]]
        names = [option[0] for option in options]
        condition = f"not ({' or '.join(f'({all_present(option)})' for option in options)})"
        keyword = "or_" + "_or_".join(names[1:])
    check = _check(entity, (*prefix, names[0]), keyword, guard + condition, "")
    return Check(
        check.rule, check.entity, check.field, "error", combination["x-message"], check.condition
    )


def _list(parent: Entity, child: Entity) -> Iterator[Check]:
    name = child.label.rpartition(".")[2]

    def check(keyword: str, condition: str, message: str) -> Check:
        found = _check(parent, (name,), keyword, condition, message)
        return Check(found.rule, child.name, found.field, "error", found.message, condition)

    if child.required:
        yield check("required", "items is null", "is empty; the order needs at least one")
    if child.list_schema.get("uniqueItems"):
        yield check(
            "uniqueItems",
            "items <> distinct_items",
            "has two equal entries; aggregate them in the model",
        )
    if child.list_schema.get("minItems", 1) > 1:
        limit = child.list_schema["minItems"]
        yield check("minItems", f"items < {limit}", f"has fewer than {limit} entries")
    if "maxItems" in child.list_schema:
        limit = child.list_schema["maxItems"]
        yield check(
            "maxItems",
            f"items > {limit}",
            f"has more than {limit} entries; aggregate them in the model",
        )


def _check(
    entity: Entity, path: tuple[str, ...], keyword: str, condition: str, message: str
) -> Check:
    field = _dotted(entity, path)
    return Check(
        f"{field}.{keyword}", entity.name, field, "error", f"{field} {message}", f"({condition})"
    )


def _dotted(entity: Entity, path: tuple[str, ...]) -> str:
    return ".".join([entity.label, *path] if entity.label else path)


def _present(schema: Schema, path: tuple[str, ...]) -> str:
    if schema["type"] != "object":
        return f"({quote(Field(path, schema, required=False).column)} is not null)"
    inside = [_present(value, (*path, name)) for name, value in schema["properties"].items()]
    return f"({' or '.join(inside)})"

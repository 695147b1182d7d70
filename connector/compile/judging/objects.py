"""Checks of objects and of lists of objects: required members, and members that exclude others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from connector.compile import quote
from connector.compile.judging.check import Check, on_path, present, usual_cost
from connector.compile.judging.keywords import of_value
from connector.compile.judging.remedy import Remedy, distinct_rows, dotted, first_rows, left_out
from connector.contract.entity import Entity, Field
from connector.contract.ownership import ours
from connector.contract.schema import CONST, Schema

NO_ITEMS = "items is null"  # the condition of an empty list


def of_object(
    entity: Entity, schema: Schema, prefix: tuple[str, ...], there: str | None
) -> Iterator[Check]:
    """Yield the checks of one object and of the objects in it, over the rows of its entity.

    `there` is SQL that is true when a nested object is present.
    """
    guard = f"{there} and " if there else ""
    for name, value in schema["properties"].items():
        path = (*prefix, name)
        if CONST in value or value.get("items", {}).get("type") == "object":
            continue
        if name in schema.get("required", ()):
            missing = f"{guard}not {present(value, path)}"
            said = "is missing; give it a value in the model"
            yield on_path(entity, path, "required", missing, said, left_out(entity, path))
        if value["type"] == "object":
            yield from of_object(entity, value, path, present(value, path))
        else:
            yield from of_value(entity, Field(path, value, required=False))
    for combination in schema.get("allOf", ()):
        found = _combination(entity, schema["properties"], prefix, combination)
        yield replace(found, condition=f"({guard}{found.condition})")


def _combination(
    entity: Entity, properties: Schema, prefix: tuple[str, ...], combination: Schema
) -> Check:
    """Return the check of an `allOf`: exclusive fields, or fields of which one is required."""

    def all_present(names: Sequence[str]) -> str:
        return " and ".join(present(properties[name], (*prefix, name)) for name in names)

    if "not" in combination:
        names = combination["not"]["required"]
        condition, keyword = all_present(names), "not_together_with_" + "_or_".join(names[1:])
    else:
        options = [option["required"] for option in combination["anyOf"]]
        names = [option[0] for option in options]
        condition = f"not ({' or '.join(f'({all_present(option)})' for option in options)})"
        keyword = "or_" + "_or_".join(names[1:])
    field = dotted(entity, (*prefix, names[0]))
    # Of fields that exclude each other, leave out the first; if one is missing, its object.
    gone = left_out(entity, (*prefix, names[0]) if "not" in combination else prefix)
    return Check(
        rule=f"{field}.{keyword}",
        entity=entity.name,
        field=field,
        cost=usual_cost(entity, gone),
        message=combination["x-message"],
        condition=condition,
        is_ours=ours(combination, keyword)[0],
        leave_out=gone,
    )


def of_list(parent: Entity, child: Entity) -> Iterator[Check]:
    """Yield the checks of one list of objects; they use the counts `items` and `distinct_items`."""
    path = (child.label.rpartition(".")[2],)
    for keyword, (condition, said, gone) in _broken_list(child):
        shorter = gone if keyword == "maxItems" else None
        found = on_path(parent, path, keyword, condition, said, gone, shorter)
        is_kept = gone is None or child.required or child.list_schema.get("x-money")
        cost = ours(child.list_schema, keyword)[1] or ("refuse" if is_kept else "leave_out")
        yield replace(found, entity=child.name, condition=condition, cost=cost)


def _broken_list(child: Entity) -> Iterator[tuple[str, tuple[str, str, Remedy | None]]]:
    schema = child.list_schema
    least, most = schema.get("minItems", 1), schema.get("maxItems")
    if child.required:
        yield "required", (NO_ITEMS, "is empty; the order needs at least one", None)
    if schema.get("uniqueItems"):
        said = "has two equal entries; aggregate them in the model"
        row = ", ".join(map(as_rendered, child.fields))
        yield "uniqueItems", ("items <> distinct_items", said, distinct_rows(child, row))
    if least > 1:
        gone = first_rows(child, 0)
        yield "minItems", (f"items < {least}", f"has fewer than {least} entries", gone)
    if most is not None:
        said = f"has more than {most} entries; aggregate them in the model"
        yield "maxItems", (f"items > {most}", said, first_rows(child, most))


def as_rendered(field: Field) -> str:
    """Return SQL of a column that is equal for two values when they render equally."""
    column = quote(field.column)
    return f"date_trunc('second', {column})" if field.kind == "timestamp" else column

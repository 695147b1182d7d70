"""How an invalid value is mended, so that the rest of the order is sent: left out or shortened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connector.compile import quote
from connector.compile.reading.stage import RANK, sliced
from connector.contract.entity import Entity, Field
from connector.contract.schema import Schema

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is done with invalid rows: columns get another value, or the rows are left out.

    `sets` maps columns to SQL; when it is empty, the rows are left out. `rows` is a select of the
    ids of the rows, where one row alone does not show whether it is invalid.
    """

    said: str
    sets: Mapping[str, str] = field(default_factory=dict)
    rows: str | None = None


def dotted(entity: Entity, path: tuple[str, ...]) -> str:
    """Return the path of an entity's field in the payload, such as `refunds.quantity`."""
    return ".".join([entity.label, *path] if entity.label else path)


def schema_at(schema: Schema, path: tuple[str, ...]) -> Schema:
    """Return the part of a schema that describes the value at a path."""
    for name in path:
        schema = schema["properties"][name]
    return schema


def left_out(entity: Entity, path: tuple[str, ...]) -> Remedy | None:
    """Return the remedy that leaves out the smallest optional part at or around a path, if any.

    The part is a field, an object around it, or the whole row of a list.
    """
    for depth in range(len(path), 0, -1):
        around, name = schema_at(entity.schema, path[: depth - 1]), path[depth - 1]
        is_key = "__".join(path[:depth]) in (*entity.keys, entity.item_key)
        if name not in around.get("required", ()) and not is_key:
            return emptied(entity, path[:depth])
    if entity.label:
        return Remedy(f"the entry of {entity.label} is left out")
    return None


def emptied(entity: Entity, path: tuple[str, ...]) -> Remedy:
    """Return the remedy that leaves out a field, or all of an object."""
    columns = leaves(schema_at(entity.schema, path), path)
    return Remedy(f"{dotted(entity, path)} is left out", dict.fromkeys(columns, "null"))


def leaves(schema: Schema, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the columns of a value; an object has several."""
    if schema["type"] != "object":
        yield Field(path, schema, required=False).column
        return
    for name, value in schema["properties"].items():
        yield from leaves(value, (*path, name))


def cut(entity: Entity, path: tuple[str, ...], limit: int) -> Remedy:
    """Return the remedy that shortens a text to `limit` characters."""
    column = "__".join(path)
    said = f"{dotted(entity, path)} is cut to {limit} characters"
    return Remedy(said, {column: f"rtrim(left({quote(column)}, {limit}))"})


def without_values(entity: Entity, path: tuple[str, ...], condition: str) -> Remedy:
    """Return the remedy that drops the values of a list that meet a condition over `item`."""
    column = "__".join(path)
    kept = f"list_filter({quote(column)}, lambda item: not coalesce({condition}, false))"
    return Remedy(f"such values of {dotted(entity, path)} are left out", {column: kept})


def cut_values(entity: Entity, path: tuple[str, ...], limit: int) -> Remedy:
    """Return the remedy that shortens each value of a list."""
    column = "__".join(path)
    cut_off = f"list_transform({quote(column)}, lambda item: rtrim(left(item, {limit})))"
    said = f"such values of {dotted(entity, path)} are cut to {limit} characters"
    return Remedy(said, {column: cut_off})


def distinct_values(entity: Entity, path: tuple[str, ...]) -> Remedy:
    """Return the remedy that drops repeated values of a list, except the first of each."""
    column = "__".join(path)
    value = quote(column)
    first = f"coalesce(list_position({value}, item) = number, item is null)"
    kept = f"list_filter({value}, lambda item, number: {first})"
    return Remedy(f"each value of {dotted(entity, path)} is sent once", {column: kept})


def first_values(entity: Entity, path: tuple[str, ...], limit: int) -> Remedy:
    """Return the remedy that keeps only the first values of a list of texts."""
    column = "__".join(path)
    said = f"the first {limit} of {dotted(entity, path)} are sent"
    return Remedy(said, {column: f"{quote(column)}[:{limit}]"})


def first_rows(child: Entity, limit: int) -> Remedy:
    """Return the remedy that keeps only the first rows of a list of objects."""
    said = f"the first {limit} of {child.label} are sent" if limit else f"{child.label} is left out"
    return Remedy(said, rows=_later(child, keys(child), limit))


def distinct_rows(child: Entity, row: str) -> Remedy:
    """Return the remedy that drops all but the first of equal rows; `row` is SQL to compare."""
    said = f"equal entries of {child.label} are sent once"
    return Remedy(said, rows=_later(child, f"{keys(child)}, {row}", 1))


def keys(child: Entity) -> str:
    """Return the columns that identify a child's list; the rank stands for the order."""
    return ", ".join(map(quote, (RANK, *child.keys[1:])))


def _later(child: Entity, partition: str, limit: int) -> str:
    """Return a select of (row_id, order_id): the rows after the first ones of each partition."""
    return (
        f"select row_id, {quote(child.keys[0])} as order_id from (select *, row_number() over "
        f"(partition by {partition} order by _position, row_id) as number from {with_ids(child)}) "
        f"where number > {limit}"
    )


def with_ids(entity: Entity) -> str:
    """Return the staged rows of an entity with an added column `row_id`."""
    rows = sliced(entity).removeprefix("(from ").removesuffix(")")
    return f"(select *, rowid as row_id from {rows})"

"""How a broken value is mended, so that it costs the order nothing else: left out, or shortened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connector.compile import quote
from connector.compile.stage import RANK, sliced
from connector.contract.entity import Entity, Field
from connector.contract.schema import Schema

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is done with broken rows: columns get another value, or the rows go.

    `sets` maps columns to SQL; without any the rows are left out. `rows` is a select of the row
    ids that are meant where it takes more than one row to tell.
    """

    said: str
    sets: Mapping[str, str] = field(default_factory=dict)
    rows: str | None = None


def dotted(entity: Entity, path: tuple[str, ...]) -> str:
    """Return where a path of an entity stands in the payload, such as `refunds.quantity`."""
    return ".".join([entity.label, *path] if entity.label else path)


def schema_at(schema: Schema, path: tuple[str, ...]) -> Schema:
    """Return what a schema says of the value at a path."""
    for name in path:
        schema = schema["properties"][name]
    return schema


def left_out(entity: Entity, path: tuple[str, ...]) -> Remedy | None:
    """Return how the smallest optional thing at or around a path is left out, if there is one.

    That is a field, an object around it, or the whole row of a list.
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
    """Return how a field, or all of an object, is left out."""
    columns = leaves(schema_at(entity.schema, path), path)
    return Remedy(f"{dotted(entity, path)} is left out", dict.fromkeys(columns, "null"))


def leaves(schema: Schema, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the columns of a value, which are many for an object."""
    if schema["type"] != "object":
        yield Field(path, schema, required=False).column
        return
    for name, value in schema["properties"].items():
        yield from leaves(value, (*path, name))


def cut(entity: Entity, path: tuple[str, ...], limit: int) -> Remedy:
    """Return how a text is shortened to so many characters."""
    column = "__".join(path)
    said = f"{dotted(entity, path)} is cut to {limit} characters"
    return Remedy(said, {column: f"rtrim(left({quote(column)}, {limit}))"})


def without_values(entity: Entity, path: tuple[str, ...], condition: str) -> Remedy:
    """Return how the values of a list go for which a condition over `item` is true."""
    column = "__".join(path)
    kept = f"list_filter({quote(column)}, lambda item: not coalesce({condition}, false))"
    return Remedy(f"such values of {dotted(entity, path)} are left out", {column: kept})


def cut_values(entity: Entity, path: tuple[str, ...], limit: int) -> Remedy:
    """Return how each value of a list is shortened."""
    column = "__".join(path)
    cut_off = f"list_transform({quote(column)}, lambda item: rtrim(left(item, {limit})))"
    said = f"such values of {dotted(entity, path)} are cut to {limit} characters"
    return Remedy(said, {column: cut_off})


def distinct_values(entity: Entity, path: tuple[str, ...]) -> Remedy:
    """Return how the repeated values of a list go, all but the first of each."""
    column = "__".join(path)
    value = quote(column)
    first = f"coalesce(list_position({value}, item) = number, item is null)"
    kept = f"list_filter({value}, lambda item, number: {first})"
    return Remedy(f"each value of {dotted(entity, path)} is sent once", {column: kept})


def first_values(entity: Entity, path: tuple[str, ...], limit: int) -> Remedy:
    """Return how a list of texts keeps its first values alone."""
    column = "__".join(path)
    said = f"the first {limit} of {dotted(entity, path)} are sent"
    return Remedy(said, {column: f"{quote(column)}[:{limit}]"})


def first_rows(child: Entity, limit: int) -> Remedy:
    """Return how a list of objects keeps its first rows alone."""
    said = f"the first {limit} of {child.label} are sent" if limit else f"{child.label} is left out"
    return Remedy(said, rows=_later(child, keys(child), limit))


def distinct_rows(child: Entity, row: str) -> Remedy:
    """Return how equal rows of a list go, all but the first; `row` is SQL of what is compared."""
    said = f"equal entries of {child.label} are sent once"
    return Remedy(said, rows=_later(child, f"{keys(child)}, {row}", 1))


def keys(child: Entity) -> str:
    """Return the columns that tell the lists of a child apart; the rank stands for the order."""
    return ", ".join(map(quote, (RANK, *child.keys[1:])))


def _later(child: Entity, partition: str, limit: int) -> str:
    """Return a select of (row_id, order_id): the rows after the first ones of each partition."""
    return (
        f"select row_id, {quote(child.keys[0])} as order_id from (select *, row_number() over "
        f"(partition by {partition} order by _position, row_id) as number from {with_ids(child)}) "
        f"where number > {limit}"
    )


def with_ids(entity: Entity) -> str:
    """Return the staged rows of an entity with the column `row_id`."""
    rows = sliced(entity).removeprefix("(from ").removesuffix(")")
    return f"(select *, rowid as row_id from {rows})"

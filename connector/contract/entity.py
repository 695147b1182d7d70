"""The tree of entities that a contract describes: the order and the lists of objects within it.

The nested objects of the schema become columns joined by a double underscore, its lists of objects
become child entities, each with a view of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.contract.schema import CONST, Schema


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a view and where it goes in the payload, as the keys within its entity."""

    path: tuple[str, ...]
    schema: Schema
    required: bool

    @property
    def column(self) -> str:
        """Return the name of the column, such as `customer_shipping_address__city`."""
        return "__".join(self.path)

    @property
    def kind(self) -> str:
        """Return string, timestamp, number, integer, boolean or strings."""
        if self.schema.get("format") == "date-time":
            return "timestamp"
        return "strings" if self.schema["type"] == "array" else str(self.schema["type"])

    @property
    def causes_send(self) -> bool:
        """Return whether an order is sent again when nothing but this field of it has changed."""
        return bool(self.schema.get("x-causes-send", True))


@dataclass(frozen=True, slots=True)
class Entity:
    """One view: the orders, or a list of objects within them; `keys` join a child to its parent."""

    name: str
    label: str  # where it stands in the payload, such as `refunds`, empty for the orders
    schema: Schema
    list_schema: Schema
    keys: tuple[str, ...]
    required: bool
    fields: tuple[Field, ...]
    children: tuple["Entity", ...]
    hidden: Mapping[str, Schema]  # columns that are read but never sent
    identity: tuple[str, ...]  # columns whose first-sent value is sent again for ever
    steady: Mapping[str, int]  # columns that should stay as sent; seconds that a time may move
    item_key: str  # the column that tells the items of one list apart, or nothing
    removed: Mapping[str, Any]  # members of an item that is gone from the view, for on_removed

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of its view that the contract knows to be sent, keys first."""
        return tuple(dict.fromkeys((*self.keys, *(field.column for field in self.fields))))

    @property
    def open_columns(self) -> frozenset[str]:
        """Return the columns without customer data: neither personal nor unknown ones."""
        fields = (each.column for each in self.fields if not each.schema.get("x-personal"))
        hidden = (name for name, each in self.hidden.items() if not each.get("x-personal"))
        return frozenset((*fields, *hidden, *self.keys, "_position"))

    def walk(self) -> Iterator["Entity"]:
        """Yield this entity and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def entity(
    holder: Schema, label: str, keys: tuple[str, ...], hidden: Mapping[str, Any], *, required: bool
) -> Entity:
    """Read an entity and all below it; `holder` is the schema of the order, or of a list."""
    schema = holder.get("items", holder)
    fields = tuple(_fields(schema, ()))
    lists = [field for field in fields if is_list_of_objects(field)]
    return Entity(
        name=holder["x-entity"],
        label=label,
        schema=schema,
        list_schema=holder if "items" in holder else {},
        keys=keys,
        required=required,
        fields=tuple(field for field in fields if not is_list_of_objects(field)),
        children=tuple(
            entity(
                field.schema,
                f"{label}.{field.path[-1]}" if label else field.path[-1],
                (*keys, schema["x-key"]) if label else keys,
                hidden,
                required=field.required,
            )
            for field in lists
        ),
        hidden=hidden.get(holder["x-entity"], {}),
        identity=tuple(schema.get("x-identity", ())),
        steady=schema.get("x-steady", {}),
        item_key=schema.get("x-key", "") if label else "",
        removed=schema.get("x-removal", {}).get("set", {}) if label else {},
    )


def is_list_of_objects(field: Field) -> bool:
    """Return whether a field is a child entity."""
    return bool(field.schema.get("items", {}).get("type") == "object")


def _fields(schema: Schema, prefix: tuple[str, ...]) -> Iterator[Field]:
    for name, field in schema["properties"].items():
        where = (*prefix, name)
        if field["type"] == "object":
            yield from _fields(field, where)
        elif CONST not in field:
            yield Field(where, field, name in schema.get("required", ()))

"""Loads a destination's contract and offers it as a tree of entities and fields.

A contract is one YAML file: JSON Schema 2020-12 for one order plus `x-` keys. The nested objects of
the schema become columns joined by a double underscore, its lists of objects become child entities,
each with a view of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.errors import ContractError
from connector.schema import Schema, check, check_rules, standard
from connector.yaml_file import read


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

    def walk(self) -> Iterator["Entity"]:
        """Yield this entity and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Rule:
    """A truth across fields: SQL that is true for a row that breaks it."""

    rule: str
    entity: str
    field: str
    violated_when: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that a destination needs from connector.yml, such as its API key."""

    description: str
    secret: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything about a destination that is fact and not behaviour."""

    destination: str
    title: str
    path: Path
    orders: Entity
    rules: tuple[Rule, ...]
    order_by: str
    environments: Mapping[str, str]
    settings: Mapping[str, Setting]
    headers: Mapping[str, str]
    max_orders: int
    max_bytes: int
    budget: Mapping[str, int]
    schema: Schema

    @property
    def key(self) -> str:
        """Return the column that identifies an order."""
        return self.orders.keys[0]

    def entities(self) -> tuple[Entity, ...]:
        """Return every entity, the orders first."""
        return tuple(self.orders.walk())

    def json_schema(self) -> Schema:
        """Return the schema of one order without the `x-` keys, for an independent validator."""
        return standard(self.schema)  # type: ignore[no-any-return]


def load(path: Path) -> Contract:
    """Read and check the contract at `path`; raises ContractError when it is not one."""
    schema = read(path, ContractError, "write the contract of the destination")
    try:
        return _contract(path, schema)
    except (KeyError, TypeError, AttributeError) as error:
        raise ContractError(f"{path}: the contract lacks or misuses {error}") from error


def _contract(path: Path, schema: dict[str, Any]) -> Contract:
    hidden = schema.get("x-columns", {})
    keys = (schema["x-key"],)
    check(path, schema)
    orders = _entity(schema, "", keys, hidden, required=True)
    check_rules(path, schema.get("x-rules", ()), [entity.name for entity in orders.walk()])
    return Contract(
        destination=schema["x-destination"],
        title=schema["title"],
        path=path,
        orders=orders,
        rules=tuple(_rule(rule) for rule in schema.get("x-rules", [])),
        order_by=schema["x-order-by"],
        environments=schema["x-environments"],
        settings={
            name: Setting(value["description"], value.get("secret", False))
            for name, value in schema.get("x-settings", {}).items()
        },
        headers=schema.get("x-headers", {}),
        max_orders=schema["x-limits"]["orders"],
        max_bytes=schema["x-limits"]["bytes"],
        budget=schema.get("x-budget", {}),
        schema=schema,
    )


def _rule(values: dict[str, Any]) -> Rule:
    return Rule(**{key: value for key, value in values.items() if not key.startswith("x-")})


def _entity(
    holder: Schema, label: str, keys: tuple[str, ...], hidden: Mapping[str, Any], *, required: bool
) -> Entity:
    """Read an entity and all below it; `holder` is the schema of the order, or of a list."""
    schema = holder.get("items", holder)
    fields = tuple(_fields(schema, ()))
    lists = [field for field in fields if _is_list_of_objects(field)]
    below = (*keys, schema["x-key"]) if label and lists else keys
    return Entity(
        name=holder["x-entity"],
        label=label,
        schema=schema,
        list_schema=holder if "items" in holder else {},
        keys=keys,
        required=required,
        fields=tuple(field for field in fields if not _is_list_of_objects(field)),
        children=tuple(
            _entity(
                field.schema,
                f"{label}.{field.path[-1]}" if label else field.path[-1],
                below,
                hidden,
                required=field.required,
            )
            for field in lists
        ),
        hidden=hidden.get(holder["x-entity"], {}),
    )


def _is_list_of_objects(field: Field) -> bool:
    return bool(field.schema.get("items", {}).get("type") == "object")


def _fields(schema: Schema, prefix: tuple[str, ...]) -> Iterator[Field]:
    for name, field in schema["properties"].items():
        where = (*prefix, name)
        if field["type"] == "object":
            yield from _fields(field, where)
        else:
            yield Field(where, field, name in schema.get("required", ()))

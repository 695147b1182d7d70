"""Golden orders of a destination, written as rows of its views, and what breaks its rules."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from connector.compile.reading.stage import kinds
from connector.config.config import destinations_path
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.contract.schema import Schema
from connector.destinations import contracts
from tests.generated_orders import Generated

HERE = Path(__file__).parent
CONTRACTS = contracts(destinations_path(HERE.parents[1] / "connector.yml"))
TYPES = {
    "string": "varchar",
    "strings": "varchar[]",
    "timestamp": "timestamptz",
    "number": "decimal(18, 2)",
    "integer": "decimal(18, 2)",  # so that a fractional one can be recognised
    "boolean": "boolean",
}

KEY = "{key}"  # stands for the key of the order

Row = dict[str, Any]
Order = dict[str, list[Row]]  # the rows of each entity


@dataclass(frozen=True, repr=False)
class Examples:
    """What `<destination>.yml` holds; `rules` are changes of the first order, by the rule."""

    contract: Contract
    orders: Sequence[Order]
    rules: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def first(self) -> Order:
        return copy.deepcopy(self.orders[0])

    def key(self, order: Order) -> str:
        return order[self.contract.orders.name][0][self.contract.key]

    @property
    def bare(self) -> Order:
        """The first order with nothing but what the contract requires."""
        return {
            entity.name: [
                {column: row[column] for column in required(entity.schema, ())}
                for row in self.first[entity.name][:1]
            ]
            for entity in self.contract.entities()
            if entity.required
        }

    def value(self, entity: Entity, column: str) -> Any:
        """A golden value of a column."""
        rows = (row for order in self.orders for row in order.get(entity.name, []))
        return next(row[column] for row in rows if row.get(column) is not None)

    def filled(self, entity: Entity) -> set[str]:
        """The columns that have a value in some golden order."""
        rows = [row for order in self.orders for row in order.get(entity.name, [])]
        return {column for row in rows for column, value in row.items() if value is not None}

    def tables(self, orders: Mapping[str, Order]) -> Generated:
        """The rows of these orders, each under its key, as tables of the views."""
        entities = self.contract.entities()
        rows = {each.name: list(placed(self.contract, each, orders)) for each in entities}
        return Generated(rows, {each.name: types(each) for each in entities})


def placed(contract: Contract, entity: Entity, orders: Mapping[str, Order]) -> Iterator[Row]:
    for key, order in orders.items():
        for number, row in enumerate(order.get(entity.name, [])):
            own = {column: key if value == KEY else value for column, value in row.items()}
            yield own | {contract.key: key} | ({"_position": number} if entity.label else {})


def types(entity: Entity) -> dict[str, str]:
    return {column: TYPES[kind] for column, kind in kinds(entity).items()} | (
        {"_position": "integer"} if entity.label else {}
    )


def required(schema: Schema, prefix: tuple[str, ...]) -> Iterator[str]:
    """The columns that an object requires; the first one of each choice."""
    choices = [part["anyOf"][0]["required"] for part in schema.get("allOf", ()) if "anyOf" in part]
    for name in dict.fromkeys([*schema.get("required", ()), *chain(*choices)]):
        value, path = schema["properties"][name], (*prefix, name)
        if value["type"] == "object":
            yield from required(value, path)
        elif "x-entity" not in value and "const" not in value:
            yield "__".join(path)


def examples(contract: Contract) -> Examples:
    """Read `<destination>.yml`; every value in it is text, and `null` means none."""
    path = HERE / f"{contract.destination}.yml"
    assert path.exists(), f"{path} is missing: a destination needs golden orders and rules"
    found = copy.deepcopy(read(path))
    name = contract.orders.name
    orders = [{**order, name: [order[name]]} for order in found["orders"]]
    return Examples(contract, orders, found.get("rules", {}))


@cache
def read(path: Path) -> Any:
    return cleared(yaml.load(path.read_text(), yaml.BaseLoader))  # noqa: S506 - texts only


def cleared(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: cleared(each) for key, each in value.items()}
    if isinstance(value, list):
        return [cleared(each) for each in value]
    return None if value == "null" else value

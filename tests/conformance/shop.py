"""A small warehouse of any destination's views, filled with copies of its golden order."""

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import yaml

from connector.compile import quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from tests.conformance.examples import CONTRACTS, Examples, Order
from tests.database import database
from tests.generated_orders import load, typed_rows
from tests.shop import Shop

BARE = "bare"
PLAIN = "harbor.example"  # of a setting that is not secret
_MADE: dict[tuple[type, str], bytes] = {}  # warehouses of the contracts on disk


@dataclass(frozen=True)
class DestinationShop(Shop):
    """A shop whose orders go to one destination; they are `<key>` of `key(0)`, `key(1)` and on."""

    examples: Examples

    @property
    def contract(self) -> Contract:
        return self.examples.contract

    @property
    def name(self) -> str:
        return self.contract.destination

    @property
    def url(self) -> str:
        return self.sandbox.url + urlsplit(self.contract.environments["local"]).path

    def key(self, number: int) -> str:
        return f"HB-{number:06}"

    def view(self, entity: str) -> str:
        return quote(f"{self.name}__{entity}")

    def make(self) -> None:
        """Make the views as empty tables, and keep the golden order and the bare one aside.

        The second one of a kind is a copy of the first one's file.
        """
        kind = type(self), self.name
        is_on_disk = self.contract is CONTRACTS.get(self.name)
        if is_on_disk and kind in _MADE:
            self.warehouse.write_bytes(_MADE[kind])
            return
        self._make()
        if is_on_disk:
            _MADE[kind] = self.warehouse.read_bytes()

    def _make(self) -> None:
        kept = {"golden": self.examples.first, BARE: self.examples.bare}
        load(self.warehouse, self.contract, self.examples.tables(kept))
        copy = "create table kept.{view} as from {view}; delete from {view};"
        self.sql("create schema kept;" + self.of_each(copy))

    def of_each(self, sql: str) -> str:
        """The same statement for each view; `{view}` and `{key}` stand for the names."""
        key = quote(self.contract.key)
        views = [self.view(entity.name) for entity in self.contract.entities()]
        return "".join(sql.format(view=view, key=key) for view in views)

    def orders(self, first: int, last: int, kept: str = "golden") -> None:
        """Add orders number `first` up to `last`, without the last, like one that is kept aside."""
        copies = """
            insert into {view}
            select kept.* replace ('HB-' || lpad(number::varchar, 6, '0') as {key})
            from kept.{view} as kept, range($first, $last) as numbers (number)
            where kept.{key} = $kept;
        """
        self.sql(self.of_each(copies), first=first, last=last, kept=kept)

    def add(self, orders: dict[str, Order]) -> None:
        """Add orders by their keys."""
        found = self.examples.tables(orders)
        with database(self.warehouse) as connection:
            for name, types in found.types.items():
                sql, values = typed_rows(types, found.tables[name])
                connection.execute(f"insert into {self.view(name)} {sql}", values)

    def remove(self, number: int) -> None:
        """Delete an order from the views."""
        self.sql(self.of_each("delete from {view} where {key} = $key;"), key=self.key(number))

    def remove_item(self, entity: Entity, item: str, number: int) -> None:
        """Delete an item of a list, and the rows that refer to it, from the views."""
        key, own = quote(self.contract.key), quote(entity.item_key)
        for each in entity.walk():
            self.sql(
                f"delete from {self.view(each.name)} where {key} = $key and {own} = $item",
                key=self.key(number),
                item=item,
            )

    def update(self, entity: Entity, column: str, sql: str, number: int) -> None:
        """Change a column of an order's rows."""
        key, view = quote(self.contract.key), self.view(entity.name)
        change = f"update {view} set {quote(column)} = {sql} where {key} = $key"
        self.sql(change, key=self.key(number))

    def forget(self) -> None:
        """Empty the views, the ledger and the sandbox."""
        self.sql(self.of_each("delete from {view};"))
        self.ledger.unlink(missing_ok=True)
        self.sandbox.reset()

    def configure(self, **options: Any) -> None:
        """Write connector.yml; secrets are in the environment, and tests search for them."""
        settings = {
            name: f"${{{self.variable(name)}}}" if setting.secret else PLAIN
            for name, setting in self.contract.settings.items()
        }
        values = {"environment": "local", "url": self.url, **settings, **options}
        config = {"warehouse": {"path": "oms.duckdb"}, "destinations": {self.name: values}}
        self.write(yaml.safe_dump(config))

    def variable(self, setting: str) -> str:
        return f"{self.name}_{setting}".upper()

    def sync(self, *arguments: str) -> dict[str, Any]:
        """Sync and return the summary, even if sending has side effects."""
        allowed = ["--allow-side-effects"] if self.contract.side_effects else []
        return super().sync(*allowed, *arguments)

    def held(self) -> dict[str, dict[str, Any]]:
        """What the sandbox holds, by the key."""
        return {order[self.contract.key]: order for order in self.sandbox.orders()}

    def held_items(self, number: int, entity: Entity) -> dict[str, dict[str, Any]]:
        """The items of one list that the sandbox holds of an order, by their keys."""
        items = self.held()[self.key(number)][entity.label]
        return {item[entity.item_key]: item for item in items}


def plant(contract: Contract) -> dict[str, str]:
    """Put the secrets that connector.yml names into the environment, and return them."""
    secrets = {
        name: "planted-" + name.replace("_", "-")
        for name, setting in contract.settings.items()
        if setting.secret
    }
    for name, value in secrets.items():
        os.environ[f"{contract.destination}_{name}".upper()] = value
    return secrets

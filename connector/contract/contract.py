"""Loads a destination's contract: one YAML file, JSON Schema for one order plus `x-` keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connector.contract import requests
from connector.contract.consistency import check_names, check_silent
from connector.contract.entity import Entity, entity
from connector.contract.key_schema import check_shape
from connector.contract.overlay import opened, overlaid
from connector.contract.ownership import standard, vendors
from connector.contract.read_back import ReadBack, check_read_back, read_back
from connector.contract.schema import HELP, Schema, check, check_rules
from connector.contract.success import Success, success
from connector.exceptions import ContractError
from connector.text.yaml_file import read


@dataclass(frozen=True, slots=True, eq=False)  # so that it can be the key of a cache
class Contract:
    """Everything about a destination that is fact and not behaviour."""

    destination: str
    title: str
    path: Path
    orders: Entity
    rules: tuple[requests.Rule, ...]
    order_by: str
    environments: Mapping[str, str]
    settings: Mapping[str, requests.Setting]
    headers: Mapping[str, str]
    max_orders: int
    max_bytes: int
    budget: Mapping[str, int]
    amount: str | None  # the column of what an order amounts to
    cadence: str | None  # how often the destination asks to be sent what changed
    envelope: requests.Envelope
    basic_auth: requests.BasicAuth | None
    check: requests.Check | None  # of the credentials
    side_effects: str | None  # what a send sets off
    quiet_alternatives: Sequence[str]  # ways to the same without side effects
    forward: Mapping[str, Sequence[str]]  # columns whose values must not go back, and their order
    removal: requests.Removal
    lifecycle: requests.Lifecycle
    read_back: ReadBack | None  # None: nothing is known of a way
    schema: Schema

    @property
    def key(self) -> str:
        """Return the column that identifies an order."""
        return self.orders.keys[0]

    @property
    def event(self) -> str | None:
        """Return the column that names the side effect of a send."""
        return self.schema.get("x-event")

    @property
    def tells(self) -> Mapping[str, Sequence[str]]:
        """Return the columns that are `ids` or hashes of a person, and those of a `status`."""
        found: Mapping[str, Sequence[str]] = self.schema.get("x-tells", {})
        return found

    @property
    def customer(self) -> str | None:
        """Return the column of the orders that identifies the customer, None when none does."""
        return self.schema.get("x-customer")

    @property
    def matching(self) -> Mapping[str, str]:
        """Return what decides how well orders are paired with people: a name → a SQL condition."""
        found: Mapping[str, str] = self.schema.get("x-matching", {})
        return found

    @property
    def refunded(self) -> tuple[str, str] | None:
        """Return entity and column of the amounts paid back; None where no list has them."""
        entity, _, column = self.schema.get("x-refunded", "").partition(".")
        return (entity, column) if column else None

    @property
    def usual_rows(self) -> Mapping[str, str]:
        """Return of which rows of an order system (lines, refunds) entities are made."""
        found: Mapping[str, str] = self.schema.get("x-usual", {}).get("rows", {})
        return found

    def usual_names(self, entity: Entity) -> Mapping[str, Sequence[str]]:
        """Return how order systems often call columns of an entity."""
        names: Mapping[str, Any] = self.schema.get("x-usual", {}).get("names", {})
        found: Mapping[str, Sequence[str]] = names.get(entity.name, {})
        return found

    @property
    def closed(self) -> Mapping[str, Sequence[str]]:
        """Return columns, and the values of them that close an order."""
        found: Mapping[str, Sequence[str]] = self.schema.get("x-closed", {})
        return found

    @property
    def success(self) -> Success | None:
        """Return what a 2xx must say; None leaves it to what reads the answers."""
        return success(self.schema.get("x-success"))

    @property
    def max_order_bytes(self) -> int | None:
        """Return how large an order may be, None when only the size of a request is limited."""
        found: int | None = self.schema["x-limits"].get("order_bytes")
        return found

    @property
    def acknowledges(self) -> str | None:
        """Return what an accepted request leaves open, None where orders were processed with it."""
        return self.schema.get("x-acknowledges")

    @property
    def remembers(self) -> bool:
        """Return whether what is sent next depends on what was sent last."""
        held = any(each.identity or each.removed for each in self.entities())
        return held or bool(self.forward or self.event)

    def entities(self) -> tuple[Entity, ...]:
        """Return every entity, the orders first."""
        return tuple(self.orders.walk())

    def json_schema(self) -> Schema:
        """Return the schema of one order without the `x-` keys, for an independent validator."""
        return standard(self.schema)  # type: ignore[no-any-return]

    def vendor_schema(self) -> Schema:
        """Return the schema of one order as the vendor judges it, without what is ours alone."""
        return standard(vendors(self.schema))  # type: ignore[no-any-return]


def load(path: Path, over: Path | None = None) -> Contract:
    """Read and check the contract at `path`; raises ContractError when it is not one.

    `over` is a project's overlay, which adds fields to it.
    """
    schema = read(path, ContractError, "write the contract of the destination")
    if over:
        schema = overlaid(schema, over)
    check_shape(path, schema)
    try:
        contract = replace(_contract(over or path, schema), path=path)
        check_names(contract)
        success(schema.get("x-success"))
        check_silent(contract)
        if found := contract.read_back:
            check_read_back(contract.path, contract.orders, found, contract.order_by)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        place = over or path
        raise ContractError(f"{place}: the contract lacks or misuses {error}; {HELP}") from error
    return contract


def with_columns(contract: Contract, columns: Mapping[str, Collection[str]]) -> Contract:
    """Return the contract with the free fields for which the views, by entity, have columns."""
    schema = opened(contract.schema, columns)
    return contract if schema is contract.schema else _contract(contract.path, dict(schema))


def _contract(path: Path, schema: dict[str, Any]) -> Contract:
    check(path, schema)
    orders = entity(schema, "", (schema["x-key"],), schema.get("x-columns", {}), required=True)
    check_rules(path, schema.get("x-rules", ()), [each.name for each in orders.walk()])
    return Contract(
        destination=schema["x-destination"],
        title=schema["title"],
        path=path,
        orders=orders,
        rules=tuple(_rule(rule) for rule in schema.get("x-rules", [])),
        order_by=schema["x-order-by"],
        environments=schema["x-environments"],
        settings=requests.settings(schema.get("x-settings", {})),
        headers=schema.get("x-headers", {}),
        max_orders=schema["x-limits"]["orders"],
        max_bytes=schema["x-limits"]["bytes"],
        budget=schema.get("x-budget", {}),
        cadence=schema.get("x-cadence"),
        amount=schema.get("x-amount"),
        envelope=requests.Envelope(schema.get("x-envelope")),
        basic_auth=requests.basic_auth(schema.get("x-basic-auth")),
        check=requests.check(schema.get("x-check")),
        side_effects=schema.get("x-side-effects") or None,
        quiet_alternatives=schema.get("x-quiet-alternatives", ()),
        forward=schema.get("x-forward", {}),
        removal=requests.removal(schema.get("x-removal", {})),
        lifecycle=requests.lifecycle(schema.get("x-lifecycle", {})),
        read_back=read_back(schema.get("x-read-back")),
        schema=schema,
    )


def _rule(values: dict[str, Any]) -> requests.Rule:
    return requests.Rule(
        **{key: value for key, value in values.items() if not key.startswith("x-")}
    )

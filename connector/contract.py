"""Loads a destination's contract: one YAML file, JSON Schema for one order plus `x-` keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from connector import terms
from connector.entity import Entity, entity
from connector.errors import ContractError
from connector.names import nearest
from connector.ownership import standard, vendors
from connector.schema import HELP, Schema, check, check_rules
from connector.shape import check_shape
from connector.terms import BasicAuth, Check, Envelope, Removal, Rule, Setting
from connector.yaml_file import read


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
    amount: str | None  # the column of what an order amounts to
    cadence: str | None  # how often the destination asks to be sent what changed
    envelope: Envelope
    basic_auth: BasicAuth | None
    check: Check | None  # of the credentials
    side_effects: str | None  # what a send sets off
    quiet_alternatives: Sequence[str]  # ways to the same without side effects
    forward: Mapping[str, Sequence[str]]  # columns whose values must not go back, and their order
    removal: Removal
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
    def closed(self) -> Mapping[str, Sequence[str]]:
        """Return columns, and the values of them that close an order."""
        found: Mapping[str, Sequence[str]] = self.schema.get("x-closed", {})
        return found

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


def load(path: Path) -> Contract:
    """Read and check the contract at `path`; raises ContractError when it is not one."""
    schema = read(path, ContractError, "write the contract of the destination")
    check_shape(path, schema)
    try:
        contract = _contract(path, schema)
        _check_terms(contract)
        _check_silent(contract)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContractError(f"{path}: the contract lacks or misuses {error}; {HELP}") from error
    return contract


def _contract(path: Path, schema: dict[str, Any]) -> Contract:
    hidden = schema.get("x-columns", {})
    keys = (schema["x-key"],)
    check(path, schema)
    orders = entity(schema, "", keys, hidden, required=True)
    check_rules(path, schema.get("x-rules", ()), [each.name for each in orders.walk()])
    return Contract(
        destination=schema["x-destination"],
        title=schema["title"],
        path=path,
        orders=orders,
        rules=tuple(_rule(rule) for rule in schema.get("x-rules", [])),
        order_by=schema["x-order-by"],
        environments=schema["x-environments"],
        settings=terms.settings(schema.get("x-settings", {})),
        headers=schema.get("x-headers", {}),
        max_orders=schema["x-limits"]["orders"],
        max_bytes=schema["x-limits"]["bytes"],
        budget=schema.get("x-budget", {}),
        cadence=schema.get("x-cadence"),
        amount=schema.get("x-amount"),
        envelope=Envelope(schema.get("x-envelope")),
        basic_auth=BasicAuth(**schema["x-basic-auth"]) if "x-basic-auth" in schema else None,
        check=terms.check(schema.get("x-check")),
        side_effects=schema.get("x-side-effects") or None,
        quiet_alternatives=schema.get("x-quiet-alternatives", ()),
        forward=schema.get("x-forward", {}),
        removal=terms.removal(schema.get("x-removal", {})),
        schema=schema,
    )


def _rule(values: dict[str, Any]) -> Rule:
    return Rule(**{key: value for key, value in values.items() if not key.startswith("x-")})


def _check_terms(contract: Contract) -> None:
    """Raise ContractError for the first name that is not known, with the nearest one."""
    for where, names, known in _names(contract):
        for name in names:
            if name not in known:
                problem = f"{name!r} is not known{nearest(name, known)}"
                raise ContractError(f"{contract.path}: {where}: {problem}; {HELP}")


def _names(contract: Contract) -> Iterator[tuple[str, Iterable[str], set[str]]]:
    """Yield where names stand, the names, and what they may be."""
    orders = contract.orders
    columns, lists = _columns(orders), {child.label for child in orders.children}
    plain = {name for name, setting in contract.settings.items() if not setting.secret}
    yield "x-order-by", [contract.order_by], columns
    yield "x-amount", [contract.amount] if contract.amount else [], columns
    # What a body holds is rendered and kept, so that no secret may be in it.
    yield "x-envelope", _templates((contract.envelope.members or {}).values()), plain
    yield "x-headers", _templates(contract.headers.values()), set(contract.settings)
    if basic := contract.basic_auth:
        yield "x-basic-auth", _templates([basic.user, basic.password]), set(contract.settings)
    for each in contract.entities():
        key = each.item_key if each.label else contract.key
        yield f"x-key of {each.name}", [key] if key else [], {f.column for f in each.fields}
        yield f"x-identity of {each.name}", each.identity, _columns(each)
        yield f"x-removal of {each.name}", each.removed, set(each.schema["properties"])
    yield "x-event", [contract.event] if contract.event else [], columns
    yield "x-closed", contract.closed, columns
    yield "x-forward", contract.forward, columns
    if contract.removal.flag:
        yield "x-removal: flag", [contract.removal.flag], set(orders.hidden)
    for name, action in contract.removal.actions.items():
        members = [*action.set, *action.append]
        yield f"x-removal: {name}", members, set(orders.schema["properties"])
        yield f"x-removal: {name}: each", action.each, lists


def _check_silent(contract: Contract) -> None:
    """Raise ContractError for an `x-causes-send` that would not be obeyed.

    What is compared is the payload without such members, so that they must be optional members of
    the order itself.
    """
    for each in contract.entities():
        for field in each.fields:
            if not field.causes_send and (each.label or len(field.path) > 1 or field.required):
                problem = "x-causes-send is for optional fields of the order itself"
                raise ContractError(f"{contract.path}: {'.'.join(field.path)}: {problem}; {HELP}")


def _columns(entity: Entity) -> set[str]:
    return {field.column for field in entity.fields} | set(entity.keys)


def _templates(texts: Iterable[object]) -> list[str]:
    """Return the settings that templates name."""
    found = (Formatter().parse(text) for text in texts if isinstance(text, str))
    return [name for parts in found for _, name, _, _ in parts if name is not None]

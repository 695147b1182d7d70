"""Checks that what a contract names is there, and could be obeyed."""

from collections.abc import Iterable, Iterator
from string import Formatter
from typing import TYPE_CHECKING

from connector.contract.entity import Entity
from connector.contract.read_back import CURRENCY, END, START, Request, templates
from connector.contract.requests import STATES
from connector.contract.schema import HELP
from connector.exceptions import ContractError
from connector.text.names import nearest

if TYPE_CHECKING:
    from connector.contract.contract import Contract


def check_names(contract: "Contract") -> None:
    """Raise ContractError for the first name that is not known, with the nearest one."""
    for where, names, known in _names(contract):
        for name in names:
            if name not in known:
                problem = f"{name!r} is not known{nearest(name, known)}"
                raise ContractError(f"{contract.path}: {where}: {problem}; {HELP}")


def _names(contract: "Contract") -> Iterator[tuple[str, Iterable[str], set[str]]]:
    """Yield where names stand, the names, and what they may be."""
    orders = contract.orders
    columns, lists = _columns(orders), {child.label for child in orders.children}
    plain = {name for name, setting in contract.settings.items() if not setting.secret}
    yield "x-order-by", [contract.order_by], columns
    yield "x-amount", [contract.amount] if contract.amount else [], columns
    # What a body holds is rendered and kept, and URLs are logged: no secret may be in them.
    yield "x-envelope", _templates((contract.envelope.members or {}).values()), plain
    yield from _setting_names(contract, plain)
    for each in contract.entities():
        key = each.item_key if each.label else contract.key
        yield f"x-key of {each.name}", [key] if key else [], {f.column for f in each.fields}
        yield f"x-identity of {each.name}", each.identity, _columns(each)
        yield f"x-steady of {each.name}", each.steady, {f.column for f in each.fields}
        yield f"x-removal of {each.name}", each.removed, set(each.schema["properties"])
    yield "x-usual: rows", contract.usual_rows, {each.name for each in contract.entities()}
    for each in contract.entities():
        known = _columns(each) | set(each.hidden) | {"_position"}
        yield f"x-usual: names: {each.name}", contract.usual_names(each), known
    yield "x-customer", [contract.customer] if contract.customer else [], columns
    yield "x-event", [contract.event] if contract.event else [], columns
    yield "x-closed", contract.closed, columns
    yield "x-forward", contract.forward, columns
    yield from _lifecycle_names(contract)
    if contract.removal.flag:
        yield "x-removal: flag", [contract.removal.flag], set(orders.hidden)
    for name, action in contract.removal.actions.items():
        members = [*action.set, *action.append, *action.drop]
        yield f"x-removal: {name}", members, set(orders.schema["properties"])
        yield f"x-removal: {name}: each", action.each, lists


def _setting_names(
    contract: "Contract", plain: set[str]
) -> Iterator[tuple[str, Iterable[str], set[str]]]:
    every = set(contract.settings)
    yield "x-environments", _templates(contract.environments.values()), plain
    if contract.check:
        yield "x-check", _templates(contract.check.environments.values()), plain
    yield "x-headers", _templates(contract.headers.values()), every
    same = [each.same_as for each in contract.settings.values() if each.same_as]
    yield "x-settings: same_as", same, every
    if contract.read_back and (request := contract.read_back.request):
        yield from _request_names(contract, request, plain)
    if basic := contract.basic_auth:
        yield "x-basic-auth", _templates([basic.user, basic.password]), every


def _request_names(
    contract: "Contract", request: Request, plain: set[str]
) -> Iterator[tuple[str, Iterable[str], set[str]]]:
    where = "x-read-back: request"
    yield where, templates(request), plain | {START, END, CURRENCY}
    yield f"{where}: headers", _templates(request.headers.values()), set(contract.settings)
    yield f"{where}: environments", request.environments, set(contract.environments)
    yield f"{where}: environments", _templates(request.environments.values()), plain


def check_silent(contract: "Contract") -> None:
    """Raise ContractError for an `x-causes-send` that would not be obeyed.

    What is compared is the payload without such members, so that they must be optional members of
    the order itself.
    """
    for each in contract.entities():
        for field in each.fields:
            if not field.causes_send and (each.label or len(field.path) > 1 or field.required):
                problem = "x-causes-send is for optional fields of the order itself"
                raise ContractError(f"{contract.path}: {'.'.join(field.path)}: {problem}; {HELP}")


def _lifecycle_names(contract: "Contract") -> Iterator[tuple[str, Iterable[str], set[str]]]:
    lifecycle, orders = contract.lifecycle, contract.orders
    actions = {name for name, each in contract.removal.actions.items() if not each.parameter}
    named = {name for members in lifecycle.sent_as.values() for name in members}
    yield "x-lifecycle: column", [lifecycle.column] if lifecycle.column else [], set(orders.hidden)
    yield "x-lifecycle: take_back", [lifecycle.take_back] if lifecycle.take_back else [], actions
    yield "x-lifecycle: sent_as", lifecycle.sent_as, set(STATES)
    yield "x-lifecycle: sent_as", named, _columns(orders)
    yield "x-lifecycle: opt_in", lifecycle.opt_in, set(lifecycle.sent_as)
    yield "x-tells", [name for names in contract.tells.values() for name in names], _columns(orders)


def _columns(entity: Entity) -> set[str]:
    return {field.column for field in entity.fields} | set(entity.keys)


def _templates(texts: Iterable[object]) -> list[str]:
    """Return the settings that templates name."""
    found = (Formatter().parse(text) for text in texts if isinstance(text, str))
    return [name for parts in found for _, name, _, _ in parts if name is not None]

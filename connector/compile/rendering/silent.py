"""SQL of members whose change alone causes no send; the rest of a payload is its content."""

import json
from collections.abc import Iterable
from typing import Protocol

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.settings.settings import Policy


class Member(Protocol):
    """A member of a rendered order: its path, and SQL of its JSON text."""

    @property
    def path(self) -> str:
        """Return its name within the order."""

    @property
    def text(self) -> str:
        """Return SQL of its name and value, null where it is absent."""


def texts(contract: Contract, policy: Policy, members: Iterable[Member]) -> dict[str, str]:
    """Return the members that cause no send, each with SQL of its text in a payload.

    The text begins with the comma before the member, and is null where the member is not sent.
    """
    orders, found = contract.orders, {}
    closed = " or ".join(
        f"{quote(orders.name)}.{quote(column)} in ({', '.join(map(literal, values))})"
        for column, values in contract.closed.items()
    )
    silent = _silent_members(contract, policy)
    for number, member in enumerate(members):
        if member.path in silent:
            name, text = f"silent_{number}", f"',' || {member.text}"
            is_held = silent[member.path]
            found[name] = f"{f'case when {closed} then {text} end' if is_held else text} as {name}"
    return found


def content(contract: Contract, policy: Policy, payload: str) -> str:
    """Return SQL of the content of a sent payload: without members that cause no send."""
    path = "$.{}".format
    closed = " or ".join(
        f"json_extract_string({payload}, {literal(path(column.replace('__', '.')))}) in "
        f"({', '.join(map(literal, values))})"
        for column, values in contract.closed.items()
    )
    found = payload
    for name, is_held in _silent_members(contract, policy).items():
        key = literal(f",{json.dumps(name, ensure_ascii=False)}:")
        value = f"cast(json_extract({payload}, {literal(path(name))}) as varchar)"
        member = f"{key} || {value}"
        text = f"case when {closed} then {member} end" if is_held else member
        found = f"replace({found}, coalesce({text}, ''), '')"
    return found


def _silent_members(contract: Contract, policy: Policy) -> dict[str, bool]:
    """Return the members that cause no send, each with whether only closed orders are meant."""
    found = {}
    for field in contract.orders.fields:
        is_held = bool(contract.closed) and policy.holds_contacts
        if not field.causes_send:
            found[field.path[0]] = False
        elif is_held and field.schema.get("x-personal"):
            found[field.path[0]] = True
    return found

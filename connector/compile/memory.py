"""SQL over `work.memory`, which holds the payload as last sent of the staged orders.

What must not change after the first send is taken from there, byte for byte, and items that left
the view are sent on. A contract that remembers nothing never reads it.
"""

import json
from collections.abc import Mapping
from typing import Any

from connector.compile import literal, quote
from connector.compile.values import rendered
from connector.contract import Contract
from connector.entity import Entity
from connector.settings import Policy


def joined(contract: Contract, entity: Entity) -> str:
    """Return the join of an entity's staged rows with what was last sent of them, as `sent`."""
    if not entity.identity:
        return ""
    name, key = quote(entity.name), quote(contract.key)
    if not entity.label:
        return f" left join work.memory as sent on sent.order_id = {name}.{key}"
    return f" left join ({_items(entity)}) as sent on {_same(contract, entity)} and sent.place = 1"


def kept(column: str, value: str) -> str:
    """Return SQL of a member: as it was sent first, or `value` when nothing was sent before."""
    return f"case when sent.payload is null then {value} else {member(column)} end"


def member(column: str) -> str:
    """Return SQL of the JSON text of a member of what was sent."""
    path = literal("$." + column.replace("__", "."))
    return f"cast(json_extract(sent.payload, {path}) as varchar)"


def gone(contract: Contract, entity: Entity) -> str:
    """Return a select of (order_id, number, payload): items that were sent and left the view."""
    return (
        f"select sent.order_id, number, payload from ({_items(entity)}) as sent "
        f"anti join staged.{quote(entity.name)} as {quote(entity.name)} "
        f"on {_same(contract, entity)}"
    )


def sent_on(contract: Contract, entity: Entity, policy: Policy) -> str:
    """Return a select of (key, _position, record): the items that go beside those of the view.

    They left the view, or stand there under another identity: an item that was replaced goes on as
    removed for ever, since nobody says what becomes of one that is left out.
    """
    removed = with_members("payload", entity.removed)
    record = removed if policy.marks_removed else "payload"
    selects = [f"select order_id, number, {record} as record from ({gone(contract, entity)})"]
    if entity.identity:
        selects.append(
            f"select order_id, number, {'payload' if policy.keeps_identity else removed} as record "
            f"from ({_replaced(contract, entity, policy)})"
        )
    return (
        f"select order_id as {quote(contract.key)}, 1000000 + number as _position, record "
        f"from ({' union all '.join(selects)})"
    )


def differs(entity: Entity) -> str:
    """Return SQL that says whether a staged row is not what was sent as `sent`, by identity."""
    fields = [field for field in entity.fields if field.column in entity.identity]
    return " or ".join(
        f"{rendered(entity, field)} is distinct from {member(field.column)}" for field in fields
    )


def _replaced(contract: Contract, entity: Entity, policy: Policy) -> str:
    """Return a select of (order_id, number, payload): items of the view under another identity."""
    another = "sent.place > 1" if policy.keeps_identity else f"({differs(entity)})"
    return (
        f"select sent.order_id, number, payload from ({_items(entity)}) as sent "
        f"join staged.{quote(entity.name)} as {quote(entity.name)} on {_same(contract, entity)} "
        f"where {another}"
    )


def _same(contract: Contract, entity: Entity) -> str:
    """Return SQL that joins an item as it was sent with the row of the view of the same key."""
    name = quote(entity.name)
    return (
        f"sent.order_id = {name}.{quote(contract.key)} "
        f"and sent.item_key = cast({name}.{quote(entity.item_key)} as varchar)"
    )


def with_members(payload: str, members: Mapping[str, Any]) -> str:
    """Return SQL of a JSON object with members set.

    An object that has all or none of them keeps its bytes; in any other DuckDB writes the numbers
    anew, as doubles, which are exact to 15 digits.
    """
    if not members:
        return payload
    patch = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    paths = [literal(f"$.{name}") for name in members]
    has_one = " or ".join(f"json_exists({payload}, {path})" for path in paths)
    values = [literal(json.dumps(value, ensure_ascii=False)) for value in members.values()]
    has_all = " and ".join(
        f"json_extract({payload}, {path}) = cast({value} as json)"
        for path, value in zip(paths, values, strict=True)
    )
    return (
        f"case when {has_all} then {payload} "
        f"when {has_one} then cast(json_merge_patch({payload}, {literal(patch)}) as varchar) "
        f"else left({payload}, -1) || {literal(',' + patch[1:])} end"
    )


def _items(entity: Entity) -> str:
    """Return a select of (order_id, number, payload, item_key, place): the items last sent.

    `place` counts those of one key; the later ones were replaced by the first.
    """
    path, key = literal(f"$.{entity.label}"), literal(f"$.{entity.item_key}")
    return (
        "select order_id, number, cast(item as varchar) as payload, "
        f"json_extract_string(item, {key}) as item_key, "
        "row_number() over (partition by order_id, item_key order by number) as place "
        "from (select order_id, unnest(items) as item, generate_subscripts(items, 1) as number "
        f"from (select order_id, from_json(json_extract(payload, {path}), '[\"JSON\"]') as items "
        "from work.memory))"
    )

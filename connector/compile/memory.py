"""SQL over `work.memory`, which holds the payload as last sent of the staged orders.

What must not change after the first send is taken from there, byte for byte, and items that left
the view are sent on. A contract that remembers nothing never reads it.
"""

import json
from collections.abc import Mapping
from typing import Any

from connector.compile import literal, quote
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
    return (
        f" left join ({_items(entity)}) as sent on sent.order_id = {name}.{key} "
        f"and sent.item_key = cast({name}.{quote(entity.item_key)} as varchar)"
    )


def kept(column: str, value: str) -> str:
    """Return SQL of a member: as it was sent first, or `value` when nothing was sent before."""
    return f"case when sent.payload is null then {value} else {member(column)} end"


def member(column: str) -> str:
    """Return SQL of the JSON text of a member of what was sent."""
    path = literal("$." + column.replace("__", "."))
    return f"cast(json_extract(sent.payload, {path}) as varchar)"


def gone(contract: Contract, entity: Entity, policy: Policy) -> str:
    """Return a select of (key, _position, record): the items that were sent and left the view."""
    name, key = quote(entity.name), quote(contract.key)
    record = with_members("payload", entity.removed) if policy.marks_removed else "payload"
    return (
        f"select order_id as {key}, 1000000 + number as _position, {record} as record "
        f"from ({_items(entity)}) where (order_id, item_key) not in (select ({name}.{key}, "
        f"cast({name}.{quote(entity.item_key)} as varchar)) from staged.{name} as {name})"
    )


def with_members(payload: str, members: Mapping[str, Any]) -> str:
    """Return SQL of a JSON object with members set.

    An object that has none of them keeps its bytes; in any other DuckDB writes the numbers anew, as
    doubles, which are exact to 15 digits.
    """
    if not members:
        return payload
    patch = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    paths = [literal(f"$.{name}") for name in members]
    has_one = " or ".join(f"json_exists({payload}, {path})" for path in paths)
    return (
        f"case when {has_one} then cast(json_merge_patch({payload}, {literal(patch)}) as varchar) "
        f"else left({payload}, -1) || {literal(',' + patch[1:])} end"
    )


def _items(entity: Entity) -> str:
    """Return a select of (order_id, number, payload, item_key): the items that were last sent."""
    path, key = literal(f"$.{entity.label}"), literal(f"$.{entity.item_key}")
    return (
        "select order_id, number, cast(item as varchar) as payload, "
        f"json_extract_string(item, {key}) as item_key "
        "from (select order_id, unnest(items) as item, generate_subscripts(items, 1) as number "
        f"from (select order_id, from_json(json_extract(payload, {path}), '[\"JSON\"]') as items "
        "from work.memory)) qualify row_number() over (partition by order_id, item_key "
        "order by number) = 1"
    )

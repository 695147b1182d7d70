"""SQL of the payloads that take orders back: the last sent ones, with some members changed."""

import json
from collections.abc import Mapping
from typing import Any

from connector.compile import literal
from connector.compile.rendering.last_sent import with_members
from connector.contract.requests import Action


def payloads(action: Action, relation: str) -> str:
    """Return a select of (order_id, payload) over a relation that has both columns.

    An action with a parameter needs only the id, whatever was sent.
    """
    if action.parameter:
        return f"select order_id, order_id as payload from {relation}"
    payload = "payload"
    for name, members in action.each.items():
        payload = _with_list(payload, name, _each(name, members))
    for name, text in action.append.items():
        payload = _with_list(payload, name, _appended(name, text))
    for name in action.drop:
        payload = _without(payload, name)
    return (
        f"select order_id, {with_members('payload', action.set)} as payload "
        f"from (select order_id, {payload} as payload from {relation}) where payload is not null"
    )


def retaken(action: Action | None) -> str:
    """Return SQL of what takes back a `payload` whose members are as an action sets them, or null.

    A patch rewrites numbers and moves members, so equal orders differ in their bytes unless both
    were patched.
    """
    if action is None or not action.set or action.each or action.append or action.drop:
        return "null::varchar"
    has_all = " and ".join(
        f"json_extract(payload, {literal(f'$.{name}')}) = "
        f"cast({literal(json.dumps(value, ensure_ascii=False))} as json)"
        for name, value in action.set.items()
    )
    patch = literal(json.dumps(dict(action.set), ensure_ascii=False))
    return f"case when {has_all} then cast(json_merge_patch(payload, {patch}) as varchar) end"


def _with_list(payload: str, name: str, items: str) -> str:
    """Return the payload with a list replaced."""
    patch = f"json_object({literal(name)}, to_json({items}))"
    return f"cast(json_merge_patch({payload}, {patch}) as varchar)"


def _without(payload: str, name: str) -> str:
    patch = literal(json.dumps({name: None}))
    path = literal(f"$.{name}")
    return (
        f"case when json_exists({payload}, {path}) "
        f"then cast(json_merge_patch({payload}, {patch}) as varchar) else {payload} end"
    )


def _items(name: str) -> str:
    path = literal(f"$.{name}")
    return f"coalesce(from_json(json_extract(payload, {path}), '[\"JSON\"]'), [])"


def _each(name: str, members: Mapping[str, Any]) -> str:
    patch = literal(json.dumps(members, ensure_ascii=False))
    return f"list_transform({_items(name)}, lambda item: json_merge_patch(item, {patch}))"


def _appended(name: str, text: str) -> str:
    """Return SQL that appends a text to a list, unless the list has it already."""
    item = f"cast(to_json({literal(text)}) as json)"
    return f"list_append(list_filter({_items(name)}, lambda item: item <> {item}), {item})"

"""SQL over `work.memory`, which holds the last sent payloads of the staged orders.

Members that must not change after the first send are copied from there, byte for byte, and items
that left the view continue to be sent. A contract that remembers nothing never reads it.
"""

import json
from collections.abc import Mapping
from typing import Any

from connector.compile import literal, quote
from connector.compile.reading.stage import RANK, within
from connector.compile.rendering.values import rendered
from connector.contract.entity import Entity, Field
from connector.settings.settings import Policy

LAST = 1_000_000  # the position of items that go after the rows of a view


def joined(entity: Entity, ranks: str | None = None) -> str:
    """Return the join of an entity's staged rows with their last sent version, as `sent`."""
    if not entity.identity and not entity.steady:
        return ""
    if not entity.label:
        memory = f"(from work.memory where {within('rank', ranks)})"
        return f" left join {memory} as sent on sent.rank = {quote(entity.name)}.{quote(RANK)}"
    return f" left join ({_items(entity, ranks)}) as sent on {_same(entity)} and sent.place = 1"


def kept(entity: Entity, field: Field) -> str:
    """Return SQL of a member: the one sent first, or the view's when it is equal or new."""
    is_new = "sent.payload is null"
    if field.column in entity.steady:
        is_new += f" or not ({moved(entity, field)})"
    return f"case when {is_new} then {rendered(entity, field)} else {member(field.column)} end"


def moved(entity: Entity, field: Field) -> str:
    """Return SQL that is true when a value differs from the one in `sent`.

    A time that should stay the same may move a little.
    """
    differs = f"{rendered(entity, field)} is distinct from {member(field.column)}"
    seconds = entity.steady.get(field.column)
    if not seconds:
        return differs
    before = f"try_cast({_found(field.column)} ->> '$' as timestamptz)"
    now = f"{quote(entity.name)}.{quote(field.column)}"
    near = f"abs(epoch({now}) - epoch({before})) <= {seconds}"
    return f"{differs} and coalesce(not {near}, true)"


def member(column: str) -> str:
    """Return SQL of the JSON text of a member of the sent payload."""
    return f"cast({_found(column)} as varchar)"


def _found(column: str) -> str:
    """Return SQL of a member; without a kept payload, an object's members are stored flat."""
    whole = f"json_extract(sent.payload, {literal('$.' + column.replace('__', '.'))})"
    if "__" not in column:
        return whole
    return f"coalesce({whole}, json_extract(sent.payload, {literal(f'$.{quote(column)}')}))"


def gone(entity: Entity, ranks: str | None = None) -> str:
    """Return a select of (rank, number, payload): items that were sent and left the view."""
    return (
        f"select sent.rank, number, payload from ({_items(entity, ranks)}) as sent "
        f"anti join {_rows(entity, ranks)} on {_same(entity)}"
    )


def sent_on(entity: Entity, policy: Policy, ranks: str | None) -> str:
    """Return a select of (rank, _position, record): sent items that follow those of the view.

    They left the view, or have another identity there. A replaced item is sent as removed in every
    later payload, since no API documents what happens to an item that is left out.
    """
    removed = with_members("payload", entity.removed)
    record = removed if policy.marks_removed else "payload"
    selects = [f"select rank, number, {record} as record from ({gone(entity, ranks)})"]
    if entity.identity:
        selects.append(
            f"select rank, number, {'payload' if policy.keeps_identity else removed} as record "
            f"from ({_replaced(entity, policy, ranks)})"
        )
    return (
        f"select rank as {quote(RANK)}, {LAST} + number as _position, record "
        f"from ({' union all '.join(selects)})"
    )


def differs(entity: Entity) -> str:
    """Return SQL that is true when a staged row has another identity than `sent`."""
    fields = [field for field in entity.fields if field.column in entity.identity]
    return " or ".join(f"({moved(entity, field)})" for field in fields)


def _replaced(entity: Entity, policy: Policy, ranks: str | None) -> str:
    """Return a select of (rank, number, payload): items that have another identity in the view."""
    another = "sent.place > 1" if policy.keeps_identity else f"({differs(entity)})"
    return (
        f"select sent.rank, number, payload from ({_items(entity, ranks)}) as sent "
        f"join {_rows(entity, ranks)} on {_same(entity)} where {another}"
    )


def _rows(entity: Entity, ranks: str | None) -> str:
    """Return the staged rows of an entity under its name."""
    name = quote(entity.name)
    return f"(from staged.{name} where {within(quote(RANK), ranks)}) as {name}"


def _same(entity: Entity) -> str:
    """Return SQL that joins a sent item with the row of the view that has the same key."""
    name = quote(entity.name)
    return (
        f"sent.rank = {name}.{quote(RANK)} "
        f"and sent.item_key = cast({name}.{quote(entity.item_key)} as varchar)"
    )


def with_members(payload: str, members: Mapping[str, Any]) -> str:
    """Return SQL of a JSON object with members set.

    An object that has all or none of them keeps its bytes. In others, DuckDB rewrites numbers as
    doubles, which are exact to 15 digits.
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


def _items(entity: Entity, ranks: str | None) -> str:
    """Return a select of (rank, number, payload, item_key, place): the last sent items.

    `place` numbers the items of one key; the first one replaced the later ones.
    """
    path, key = literal(f"$.{entity.label}"), literal(f"$.{entity.item_key}")
    return (
        "select rank, number, cast(item as varchar) as payload, "
        f"json_extract_string(item, {key}) as item_key, "
        "row_number() over (partition by rank, item_key order by number) as place "
        "from (select rank, unnest(items) as item, generate_subscripts(items, 1) as number "
        f"from (select rank, from_json(json_extract(payload, {path}), '[\"JSON\"]') as items "
        f"from work.memory where {within('rank', ranks)}))"
    )

"""SQL over `work.memory`, which holds the payload as last sent of the staged orders.

What must not change after the first send is taken from there, byte for byte, and items that left
the view are sent on. A contract that remembers nothing never reads it.
"""

import json
from collections.abc import Mapping
from typing import Any

from connector.compile import literal, quote
from connector.compile.stage import RANK, within
from connector.compile.values import rendered
from connector.contract.entity import Entity, Field
from connector.settings.settings import Policy

LAST = 1_000_000  # the position of what goes after the rows of a view


def joined(entity: Entity, ranks: str | None = None) -> str:
    """Return the join of an entity's staged rows with what was last sent of them, as `sent`."""
    if not entity.identity and not entity.steady:
        return ""
    if not entity.label:
        memory = f"(from work.memory where {within('rank', ranks)})"
        return f" left join {memory} as sent on sent.rank = {quote(entity.name)}.{quote(RANK)}"
    return f" left join ({_items(entity, ranks)}) as sent on {_same(entity)} and sent.place = 1"


def kept(entity: Entity, field: Field) -> str:
    """Return SQL of a member: as it was sent first, or the view's when it is the same or new."""
    is_new = "sent.payload is null"
    if field.column in entity.steady:
        is_new += f" or not ({moved(entity, field)})"
    return f"case when {is_new} then {rendered(entity, field)} else {member(field.column)} end"


def moved(entity: Entity, field: Field) -> str:
    """Return SQL that says whether a value is another than what was sent as `sent`.

    A time that should be steady may move a little.
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
    """Return SQL of the JSON text of a member of what was sent."""
    return f"cast({_found(column)} as varchar)"


def _found(column: str) -> str:
    """Return SQL of a member; one of an object stands there flat where no payload is kept."""
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
    """Return a select of (rank, _position, record): the items that go after those of the view.

    They left the view, or stand there under another identity: an item that was replaced goes on as
    removed for ever, since nobody says what becomes of one that is left out.
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
    """Return SQL that says whether a staged row is not what was sent as `sent`, by identity."""
    fields = [field for field in entity.fields if field.column in entity.identity]
    return " or ".join(f"({moved(entity, field)})" for field in fields)


def _replaced(entity: Entity, policy: Policy, ranks: str | None) -> str:
    """Return a select of (rank, number, payload): items of the view under another identity."""
    another = "sent.place > 1" if policy.keeps_identity else f"({differs(entity)})"
    return (
        f"select sent.rank, number, payload from ({_items(entity, ranks)}) as sent "
        f"join {_rows(entity, ranks)} on {_same(entity)} where {another}"
    )


def _rows(entity: Entity, ranks: str | None) -> str:
    """Return the staged rows of an entity, by its name."""
    name = quote(entity.name)
    return f"(from staged.{name} where {within(quote(RANK), ranks)}) as {name}"


def _same(entity: Entity) -> str:
    """Return SQL that joins an item as it was sent with the row of the view of the same key."""
    name = quote(entity.name)
    return (
        f"sent.rank = {name}.{quote(RANK)} "
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


def _items(entity: Entity, ranks: str | None) -> str:
    """Return a select of (rank, number, payload, item_key, place): the items last sent.

    `place` counts those of one key; the later ones were replaced by the first.
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

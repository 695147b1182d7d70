"""SQL that renders orders as JSON.

Nulls are left out, decimals are exact, times are ISO-8601 with an offset, there is no white space.
"""

import json
from collections.abc import Iterator

from connector.compile import Columns, literal, quote
from connector.contract import Contract
from connector.entity import Entity, Field
from connector.schema import Schema

_VALUES = {
    "string": "cast(to_json({}) as varchar)",
    "strings": "cast(to_json({}) as varchar)",
    "number": "cast({} as varchar)",
    "integer": "cast(cast({} as hugeint) as varchar)",
    "boolean": "cast({} as varchar)",
    "timestamp": "strftime({} at time zone 'UTC', '\"%Y-%m-%dT%H:%M:%SZ\"')",
}


def payloads(contract: Contract, columns: Columns) -> str:
    """Return a select of (order_id, payload) over `staged.*`: each valid order as JSON text."""
    orders = contract.orders
    key = quote(contract.key)
    return (
        f"select orders.{key} as order_id, {_record(orders, columns)} as payload "
        f"from {_source(orders, columns)} "
        f"where orders.{key} not in (select order_id from work.invalid)"
    )


def hashed(contract: Contract, columns: Columns) -> str:
    """Return a select of (order_id, payload, payload_md5)."""
    return f"select *, md5_number(payload) as payload_md5 from ({payloads(contract, columns)})"


def ranked(contract: Contract) -> str:
    """Return a select of (order_id, position) over the staged orders, the oldest first."""
    key, oldest = quote(contract.key), quote(contract.order_by)
    return (
        f"select {key} as order_id, row_number() over (order by {oldest}, order_id) as position "
        f"from staged.{quote(contract.orders.name)}"
    )


def _source(entity: Entity, columns: Columns) -> str:
    name = quote(entity.name)
    joins = "".join(
        f" left join ({_lists(child, columns)}) as {quote(child.name)}"
        f" using ({', '.join(map(quote, child.keys))})"
        for child in entity.children
        if child.name in columns
    )
    return f"staged.{name} as {name}{joins}"


def _lists(child: Entity, columns: Columns) -> str:
    name = quote(child.name)
    keys = ", ".join(map(quote, child.keys))
    own = ", ".join(f"{name}.{quote(key)}" for key in child.keys)
    return (
        f"select {keys}, "
        "'[' || string_agg(record, ',' order by _position, record) || ']' as records "
        f"from (select {own}, {name}._position, {_record(child, columns)} as record "
        f"from {_source(child, columns)}) group by {keys}"
    )


def _record(entity: Entity, columns: Columns) -> str:
    parts = list(_parts(entity, entity.schema, (), columns))
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


def _parts(
    entity: Entity, schema: Schema, prefix: tuple[str, ...], columns: Columns
) -> Iterator[str]:
    lists = {child.label.rpartition(".")[2]: child for child in entity.children}
    for name, value in schema["properties"].items():
        path = (*prefix, name)
        field = Field(path, value, required=False)
        member = literal(json.dumps(name, ensure_ascii=False) + ":")
        if value["type"] == "object":
            inside = list(_parts(entity, value, path, columns))
            if inside:
                yield f"{member} || '{{' || nullif(concat_ws(',', {', '.join(inside)}), '') || '}}'"
        elif not prefix and name in lists:
            if lists[name].name in columns:
                yield f"{member} || {quote(lists[name].name)}.records"
        elif field.column in columns[entity.name]:
            column = f"{quote(entity.name)}.{quote(field.column)}"
            yield f"{member} || {_VALUES[field.kind].format(column)}"

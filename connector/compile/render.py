"""SQL that renders orders as JSON.

Nulls are left out, decimals are exact, times are ISO-8601 with an offset, there is no white space.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from connector.compile import Columns, literal, quote
from connector.compile.memory import joined, kept, sent_on
from connector.compile.values import rendered
from connector.contract import Contract
from connector.entity import Entity, Field
from connector.schema import Schema
from connector.settings import Policy


def payloads(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of (order_id, payload) over `staged.*`: each valid order as JSON text."""
    orders, shape = contract.orders, _Shape(contract, columns, policy)
    name, key = quote(orders.name), quote(contract.key)
    return (
        f"select {name}.{key} as order_id, {shape.record(orders)} as payload "
        f"from {shape.source(orders)} "
        f"where {name}.{key} not in (select order_id from work.invalid)"
    )


def hashed(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of (order_id, payload, payload_md5)."""
    select = payloads(contract, columns, policy)
    return f"select *, md5_number(payload) as payload_md5 from ({select})"


def ranked(contract: Contract) -> str:
    """Return a select of (order_id, position) over the staged orders, the oldest first."""
    key, oldest = quote(contract.key), quote(contract.order_by)
    return (
        f"select {key} as order_id, row_number() over (order by {oldest}, order_id) as position "
        f"from staged.{quote(contract.orders.name)}"
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the rows of the views become records."""

    contract: Contract
    columns: Columns
    policy: Policy

    def source(self, entity: Entity) -> str:
        name = quote(entity.name)
        joins = "".join(
            f" left join ({self._lists(child)}) as {quote(child.name)}"
            f" using ({', '.join(map(quote, child.keys))})"
            for child in entity.children
            if self._has(child)
        )
        held = joined(self.contract, entity) if self.policy.keeps_identity else ""
        return f"staged.{name} as {name}{joins}{held}"

    def record(self, entity: Entity) -> str:
        parts = list(self._parts(entity, entity.schema, ()))
        return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"

    def _has(self, entity: Entity) -> bool:
        """Return whether there can be records: of a view, or that were sent and left it."""
        return entity.name in self.columns or bool(entity.removed)

    def _lists(self, child: Entity) -> str:
        name = quote(child.name)
        keys = ", ".join(map(quote, child.keys))
        own = ", ".join(f"{name}.{quote(key)}" for key in child.keys)
        rows = f"select {own}, {name}._position, {self.record(child)} as record from "
        rows += self.source(child)
        if child.removed:
            rows += f" union all {sent_on(self.contract, child, self.policy)}"
        return (
            f"select {keys}, "
            "'[' || string_agg(record, ',' order by _position, record) || ']' as records "
            f"from ({rows}) group by {keys}"
        )

    def _parts(self, entity: Entity, schema: Schema, prefix: tuple[str, ...]) -> Iterator[str]:
        lists = {child.label.rpartition(".")[2]: child for child in entity.children}
        for name, value in schema["properties"].items():
            path = (*prefix, name)
            field = Field(path, value, required=False)
            member = literal(json.dumps(name, ensure_ascii=False) + ":")
            if value["type"] == "object":
                inside = list(self._parts(entity, value, path))
                if inside:
                    inner = f"nullif(concat_ws(',', {', '.join(inside)}), '')"
                    yield f"{member} || '{{' || {inner} || '}}'"
            elif not prefix and name in lists:
                if self._has(lists[name]):
                    yield f"{member} || {quote(lists[name].name)}.records"
            elif field.column in (*self.columns.get(entity.name, ()), *entity.identity):
                yield f"{member} || {self._value(entity, field)}"

    def _value(self, entity: Entity, field: Field) -> str:
        value = rendered(entity, field)
        if self.policy.keeps_identity and field.column in entity.identity:
            return kept(field.column, value)
        return value

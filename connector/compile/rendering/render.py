"""SQL that renders orders as JSON.

Nulls are left out, decimals are exact and as short as possible, times are ISO-8601 with an offset,
and there is no white space.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from connector.compile import Columns, literal, quote
from connector.compile.reading.stage import RANK, within
from connector.compile.rendering.last_sent import joined, kept, sent_on
from connector.compile.rendering.silent import texts
from connector.compile.rendering.values import rendered
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.contract.schema import CONST, Schema
from connector.settings.settings import Policy


def payloads(
    contract: Contract,
    columns: Columns,
    policy: Policy,
    ranks: str | None = None,
    crowded: Collection[str] = (),
) -> str:
    """Return a select of (rank, amount, payload, steady, content) over `staged.*`.

    Payload, steady and content are JSON texts. The amount is null when the contract has no
    `x-amount`. Steady is an array of the members that should stay as they were sent, null when the
    contract names none. The content is the payload without members that cause no send. `ranks` (see
    `stage.within`) limits the select to valid orders. `crowded` are entities with long lists.
    """
    orders, shape = contract.orders, _Shape(columns, policy, ranks, crowded)
    rank = f"{quote(orders.name)}.{quote(RANK)}"
    silent = texts(contract, policy, shape.members(orders))
    select = (
        f"select {rank} as rank, {_amount(contract)} as amount, "
        f"{shape.record(orders)} as payload, {shape.steady(contract)} as steady"
        f"{''.join(f', {each}' for each in silent.values())} "
        f"from {shape.source(orders)} where {within(rank, ranks)}"
    )
    content = "payload"
    for name in silent:
        content = f"case when {name} is null then {content} else replace({content}, {name}, '') end"
    return f"select rank, amount, payload, steady, {content} as content from ({select})"


def _amount(contract: Contract) -> str:
    if contract.amount is None:
        return "null::decimal(38, 4)"
    return f"{quote(contract.orders.name)}.{quote(contract.amount)}::decimal(38, 4)"


def by_id(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of (order_id, payload) of all staged orders, valid or not."""
    select = payloads(contract, columns, policy)
    return f"select order_id, payload from ({select}) inner join work.ranked using (rank)"


def once(select: str) -> str:
    """Return the statement that stores payloads of planned orders in `work.rendered_once`."""
    return (
        f"create table work.rendered_once as select order_id, payload from ({select}) "
        "inner join plan.planned using (rank)"
    )


def lenient(contract: Contract, columns: Columns, policy: Policy, ranks: str) -> str:
    """Return a select of (rank, order_id, payload) of some ranks, valid or not."""
    orders, shape = contract.orders, _Shape(columns, policy, ranks, is_lenient=True)
    rank = f"{quote(orders.name)}.{quote(RANK)}"
    return (
        f"select {rank} as rank, {quote(orders.name)}.{quote(contract.key)} as order_id, "
        f"{shape.record(orders)} as payload from {shape.source(orders)} where {within(rank, ranks)}"
    )


# The records of a list, joined by commas. A heap is faster than a sort, but takes several times the
# memory, so it is used for chunks of orders whose lists are short.
_SORTED = "string_agg(record, ',' order by _position, record)"
_ORDER = "create_sort_key(_position, 'ASC NULLS LAST', record, 'ASC NULLS LAST')"
_SHORT = f"array_to_string(min_by(record, {_ORDER}, 999999), ',')"


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an object: its name in JSON and its value in SQL, null when it is absent."""

    name: str
    value: str
    is_required: bool = False
    path: str = ""  # its name within the order

    @property
    def text(self) -> str:
        return f"{literal(self.name)} || {self.value}"


@dataclass(frozen=True, slots=True)
class _Shape:
    """Renders the rows of the views as records."""

    columns: Columns
    policy: Policy
    ranks: str | None
    crowded: Collection[str] = ()  # entities with long lists
    is_lenient: bool = False  # whether required members may be missing

    def steady(self, contract: Contract) -> str:
        """Return SQL of an array of the members that should stay as sent, if there are any.

        A missing one is null, and their order is that of the contract's `x-steady`.
        """
        orders = contract.orders
        fields = {field.column: field for field in orders.fields}
        values = [
            f"coalesce({self._value(orders, fields[column], '').value}, 'null')"
            for column in orders.steady
        ]
        return f"'[' || concat_ws(',', {', '.join(values)}) || ']'" if values else "null::varchar"

    def source(self, entity: Entity) -> str:
        name = quote(entity.name)
        joins = "".join(
            f" left join ({self._lists(child)}) as {quote(child.name)} using ({_keys(child)})"
            for child in entity.children
            if self._has(child)
        )
        held = joined(entity, self.ranks) if self.policy.keeps_identity else ""
        return f"staged.{name} as {name}{joins}{held}"

    def record(self, entity: Entity) -> str:
        """Return an object, member by member, or in one go where all required members exist."""
        first, *others = self.members(entity)
        if self.ranks is None or self.is_lenient or not first.is_required:
            each = ", ".join(member.text for member in (first, *others))
            return f"'{{' || concat_ws(',', {each}) || '}}'"
        rest = "".join(
            f", {literal(',' + member.name)}{',' if member.is_required else ' ||'} {member.value}"
            for member in others
        )
        return f"concat({literal('{' + first.name)}, {first.value}{rest}, '}}')"

    def members(self, entity: Entity) -> list[_Member]:
        """Return the members that an object of an entity may hold, in order."""
        return list(self._members(entity, entity.schema, ()))

    def _has(self, entity: Entity) -> bool:
        """Return whether there can be records: rows of a view, or sent items that left it."""
        return entity.name in self.columns or bool(entity.removed)

    def _lists(self, child: Entity) -> str:
        name = quote(child.name)
        rows = f"select {_keys(child, f'{name}.')}, {name}._position, "
        rows += f"{self.record(child)} as record from {self.source(child)}"
        rows += f" where {within(f'{name}.{quote(RANK)}', self.ranks)}"
        if child.removed:
            rows += f" union all {sent_on(child, self.policy, self.ranks)}"
        is_sorted = self.ranks is None or child.name in self.crowded
        return (
            f"select {_keys(child)}, '[' || {_SORTED if is_sorted else _SHORT} || ']' as records "
            f"from ({rows}) group by {_keys(child)}"
        )

    def _members(
        self, entity: Entity, schema: Schema, prefix: tuple[str, ...]
    ) -> Iterator[_Member]:
        lists = {child.label.rpartition(".")[2]: child for child in entity.children}
        for name, value in schema["properties"].items():
            path = (*prefix, name)
            field = Field(path, value, required=name in schema.get("required", ()))
            key = json.dumps(name, ensure_ascii=False) + ":"
            if CONST in value:
                constant = literal(json.dumps(value[CONST], ensure_ascii=False))
                yield _Member(key, constant, is_required=True)
            elif value["type"] == "object":
                inside = [member.text for member in self._members(entity, value, path)]
                if inside:
                    inner = f"nullif(concat_ws(',', {', '.join(inside)}), '')"
                    yield _Member(key, f"'{{' || {inner} || '}}'", path=name)
            elif not prefix and name in lists:
                if self._has(lists[name]):
                    yield _Member(key, f"{quote(lists[name].name)}.records")
            elif field.column in (*self.columns.get(entity.name, ()), *entity.identity):
                yield self._value(entity, field, key)

    def _value(self, entity: Entity, field: Field, key: str) -> _Member:
        value = rendered(entity, field)
        if self.policy.keeps_identity and field.column in (*entity.identity, *entity.steady):
            return _Member(key, kept(entity, field), path=field.path[-1])
        return _Member(key, value, field.required, field.path[-1])


def _keys(child: Entity, prefix: str = "") -> str:
    """Return the columns that identify a child's list; the rank stands for the order's key."""
    return ", ".join(prefix + quote(key) for key in (RANK, *child.keys[1:]))

"""SQL that turns payloads back into rows, so that they are judged like rows of the views."""

from collections.abc import Iterator

from connector.compile import created, literal, quote
from connector.compile.reading.stage import RANK, TYPES, kinds
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field

SCHEMA = "retracted"
_ITEM = "__item"  # the JSON text that a row is read from
_EXACT = "decimal(38, 12)"  # any amount that a contract allows


def tables(contract: Contract, payloads: str) -> Iterator[str]:
    """Yield statements that make `retracted.<entity>` of `payloads` (rank, order_id, payload)."""
    orders = contract.orders
    rows = f"(select rank as {quote(RANK)}, order_id, payload as {_ITEM} from {payloads})"
    yield created(SCHEMA, orders.name, _select(orders, rows, f"order_id as {quote(contract.key)}"))
    for parent in contract.entities():
        for child in parent.children:
            yield created(SCHEMA, child.name, _select(child, _items(parent, child), _keys(child)))


def elsewhere(select: str) -> str:
    """Return a select over `staged.*`, rewritten to read `retracted.*`."""
    return select.replace('staged."', f'{SCHEMA}."')


def ranked(table: str) -> str:
    """Return a select of (rank, order_id, payload) of a table of `work`, in brackets."""
    return f"(select row_number() over () as rank, order_id, payload from work.{quote(table)})"


def put_back(table: str, rendered: str) -> str:
    """Return the statement that replaces amended payloads by those rendered from these rows."""
    return (
        f"update work.{quote(table)} as sent set payload = anew.payload "
        f"from ({elsewhere(rendered)}) as anew where anew.order_id = sent.order_id "
        "and sent.order_id in (select order_id from work.amended)"
    )


def _select(entity: Entity, rows: str, keys: str) -> str:
    fields = {field.column: _value(field) for field in entity.fields}
    hidden = {
        column: f"cast(null as {TYPES[kind]})"
        for column, kind in kinds(entity).items()
        if column in entity.hidden
    }
    values = [
        f"{value} as {quote(column)}"
        for column, value in (fields | hidden).items()
        if column not in entity.keys
    ]
    position = ["_position"] if entity.label else []
    return f"select {', '.join([quote(RANK), keys, *position, *values, _ITEM])} from {rows}"


def _keys(child: Entity) -> str:
    return ", ".join(map(quote, child.keys))


def _items(parent: Entity, child: Entity) -> str:
    """Return a select of the items of a list: its keys, `_position` and the item."""
    name = child.label.rpartition(".")[2]
    lists = f"from_json(json_extract({_ITEM}, {_path((name,))}), '[\"JSON\"]')"
    return (
        f"(select {quote(RANK)}, {_keys(child)}, unnest(items) as {_ITEM}, "
        f"generate_subscripts(items, 1) as _position from (select *, {lists} as items "
        f"from {SCHEMA}.{quote(parent.name)}))"
    )


def _value(field: Field) -> str:
    path = _path(field.path)
    if field.kind == "strings":
        return f"from_json(json_extract({_ITEM}, {path}), '[\"VARCHAR\"]')"
    text = f"json_extract_string({_ITEM}, {path})"
    kind = _EXACT if field.kind == "number" else TYPES[field.kind]
    return text if field.kind == "string" else f"try_cast({text} as {kind})"


def _path(names: tuple[str, ...]) -> str:
    return literal("$" + "".join(f'."{name}"' for name in names))

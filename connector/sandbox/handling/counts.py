"""Counts what one destination holds, and what was asked of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from connector.contract.contract import Contract
from connector.sandbox.handling.destination import Destination
from connector.sandbox.storage.identity import Identity
from connector.sandbox.storage.store import Store

_ORDERS = """
select count(*) filter (where not is_void), count(*) filter (where is_void)
from records where destination = ?
"""
_SEVERAL = """
select count(*) from (
    select key from records where destination = ? and not is_void group by key having count(*) > 1
)
"""
_EVER_SEVERAL = "select count(*) from doubles where destination = ?"
_HISTORY = """
with repeated as (
    select md5, md5 = lag(md5) over (partition by key order by rowid) as is_needless
    from {table} where destination = ?
)
select count(md5), count(*) filter (where is_needless), count(*) filter (where md5 is null)
from repeated
"""
_ITEMS = "select list, is_void, count(*) from items where destination = ? group by list, is_void"
_SEVERAL_ITEMS = """
select count(*) from (
    select 1 from items
    inner join records on records.destination = items.destination and records.record = parent
    where items.destination = ?1 and list = ?2 and not items.is_void
    group by key, json_extract(items.record, ?3) having count(*) > 1
)
"""
_VOIDS = "select count(*) from voids where destination = ? and not is_identical"
_REQUESTS = """
select answer, count(*), sum(bytes) from requests where destination = ?
group by answer order by answer
"""


def counts(store: Store, destination: Destination) -> dict[str, Any]:
    """Count what one destination holds and was asked; `revenue` is exact, as text, a currency.

    What is void counts as `voided_…` only.
    """
    contract, identity = destination.contract, destination.identity
    name = contract.destination
    orders, voided = store.ask(_ORDERS, name)[0]
    writes, needless_writes, deletions = store.ask(_HISTORY.format(table="writes"), name)[0]
    events, needless_events, _ = store.ask(_HISTORY.format(table="events"), name)[0]
    children, revenue = _contents(store, destination)
    return {
        "orders": orders,
        **children,
        **(_items(store, contract, identity) if identity else {}),
        "voided_orders": voided,
        "void_mismatches": store.ask(_VOIDS, name)[0][0],
        "orders_with_several_records": store.ask(_SEVERAL, name)[0][0],
        "orders_that_ever_had_several": store.ask(_EVER_SEVERAL, name)[0][0],
        **_requests(store, name),
        "writes": writes,
        "needless_writes": needless_writes,
        "deletions": deletions,
        "events": events,
        "needless_events": needless_events,
        "revenue": {currency: format(revenue[currency], "f") for currency in sorted(revenue)},
    }


def _requests(store: Store, name: str) -> dict[str, Any]:
    answers = store.ask(_REQUESTS, name)
    return {
        "requests": sum(number for _, number, _ in answers),
        "refused_requests": sum(number for answer, number, _ in answers if answer == "400"),
        "bytes": sum(size for _, _, size in answers),
        "answers": {answer: number for answer, number, _ in answers},
    }


def _items(store: Store, contract: Contract, identity: Identity) -> dict[str, int]:
    """Count the items that are records, which stay when a later order leaves them out."""
    found = {(label, void): n for label, void, n in store.ask(_ITEMS, contract.destination)}
    names = {child.label: child.name for child in contract.orders.children}
    counts = {}
    for label, parts in identity.items.items():
        name, path = names.get(label, label), f'$."{parts[0]}"'
        several = store.ask(_SEVERAL_ITEMS, contract.destination, label, path)[0][0]
        counts[name] = found.get((label, 0), 0)
        counts[f"voided_{name}"] = found.get((label, 1), 0)
        counts[f"{name}_with_several_records"] = several
    return counts


def _contents(store: Store, destination: Destination) -> tuple[dict[str, int], dict[str, Decimal]]:
    contract = destination.contract
    lists = {child.name: child.label.split(".") for child in contract.entities() if child.label}
    # Contracts list what the customer paid before the other amounts.
    paid = next((field.path for field in contract.orders.fields if field.kind == "number"), None)
    counts = Counter(dict.fromkeys(lists, 0))
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for text in (text for page in store.orders(contract.destination) for text in page):
        order = _parsed(text)
        if paid and destination.counts(order):
            totals[order.get("currency", "")] += _value(order, paid, text)
        for name, path in lists.items():
            counts[name] += _length(order, path)
    return dict(counts), totals


def _parsed(text: str) -> Any:
    """Return an order; the quick parser refuses some texts that were taken as received."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _exact(text)


def _exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _value(order: Any, path: Sequence[str], text: str) -> Decimal:
    """Return the amount at a path, nothing where it is left out; `text` is that of the order."""
    found = _at(order, path)
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        return Decimal()
    # A float may have lost digits: unless they are those of the text, read it again, exactly.
    short = f'"{path[-1]}":{found!r}'
    if f"{short}," in text or f"{short}}}" in text:
        return Decimal(repr(found))
    return Decimal(_at(_exact(text), path))


def _at(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _length(order: Mapping[str, Any], path: Sequence[str]) -> int:
    """Return how many items the list at a path has, over all lists above it."""
    items = order.get(path[0], ())
    return len(items) if len(path) == 1 else sum(_length(item, path[1:]) for item in items)

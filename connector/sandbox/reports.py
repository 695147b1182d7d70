"""What tests and demos ask of the store."""

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connector.contract import Contract
from connector.sandbox.store import Store

_ORDERS = """
with repeated as (
    select md5 = lag(md5) over (partition by key order by rowid) as is_needless
    from writes where destination = ?1
)
select
    (select count(*) from orders where destination = ?1),
    count(*),
    count(*) filter (where is_needless)
from repeated
"""
_REQUESTS = """
select answer, count(*), sum(bytes) from requests where destination = ?
group by answer order by answer
"""
_WRITES = """
select lower(hex(md5)) as md5, request, at from writes
where destination = ? and key = ? order by rowid
"""
_WRITE_COUNTS = "select key, count(*) from writes where destination = ? group by key"
_BETWEEN = """
select text from orders
where destination = ?1
    and date(json_extract(text, ?2)) >= ?3
    and date(json_extract(text, ?2)) < ?4
order by json_extract(text, ?2), key
"""


def counts(store: Store, contract: Contract) -> dict[str, Any]:
    """Count what one destination holds and was asked; `revenue` is exact, as text, a currency."""
    name = contract.destination
    orders, writes, needless_writes = store.ask(_ORDERS, name)[0]
    answers = store.ask(_REQUESTS, name)
    children, revenue = _contents(store, contract)
    return {
        "orders": orders,
        **children,
        "requests": sum(number for _, number, _ in answers),
        "refused_requests": sum(number for answer, number, _ in answers if answer == "400"),
        "bytes": sum(size for _, _, size in answers),
        "writes": writes,
        "needless_writes": needless_writes,
        "answers": {answer: number for answer, number, _ in answers},
        "revenue": {currency: format(revenue[currency], "f") for currency in sorted(revenue)},
    }


def orders_between(store: Store, contract: Contract, start: str, end: str) -> list[str]:
    """Return the texts of the orders of a range of UTC dates, without the day of its end."""
    values = (contract.destination, f'$."{contract.order_by}"', start, end)
    return [text for (text,) in store.ask(_BETWEEN, *values)]


def writes(store: Store, destination: str, key: str) -> list[dict[str, Any]]:
    """Return the writes of one order, oldest first: `md5` of its text, `request`, `at`."""
    rows = store.ask(_WRITES, destination, key)
    return [{"md5": md5, "request": request, "at": at} for md5, request, at in rows]


def write_counts(store: Store, destination: str) -> dict[str, int]:
    """Return how often each order was written."""
    return dict(store.ask(_WRITE_COUNTS, destination))


def _contents(store: Store, contract: Contract) -> tuple[dict[str, int], dict[str, Decimal]]:
    lists = {child.name: child.label for child in contract.orders.children}
    # Contracts list what the customer paid before the other amounts.
    paid = next(field.column for field in contract.orders.fields if field.kind == "number")
    counts = dict.fromkeys(lists, 0)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for order in _parsed(store, contract.destination):
        totals[order["currency"]] += order[paid]
        for name, field in lists.items():
            counts[name] += len(order.get(field, ()))
    return counts, totals


def _parsed(store: Store, destination: str) -> Iterator[dict[str, Any]]:
    # SQLite would read the amounts as floats.
    for page in store.orders(destination):
        for text in page:
            yield json.loads(text, parse_float=Decimal, parse_int=Decimal)

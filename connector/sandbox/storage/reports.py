"""What tests and demos ask of the store about single orders and their histories."""

from typing import Any

from connector.contract.contract import Contract
from connector.sandbox.storage.store import Store

_WRITES = """
select lower(hex(md5)) as md5, request, at from writes
where destination = ? and key = ? and md5 is not null order by rowid
"""
_WRITE_COUNTS = """
select key, count(*) from writes where destination = ? and md5 is not null group by key
"""
_EVENTS = """
select name, lower(hex(md5)), request, at from events
where destination = ? and key = ? order by rowid
"""
_EVENT_COUNTS = "select key, count(*) from events where destination = ? group by key"
_RECORDS = """
select record, '' as list, is_void, text from records where destination = ?1 and key = ?2
union all
select items.record, list, items.is_void, items.text
from items
inner join records on records.destination = items.destination and records.record = items.parent
where items.destination = ?1 and key = ?2
"""
_LIVE_COUNTS = """
select key, sum(not is_void) from records where destination = ? group by key
"""
_BETWEEN = """
select
    text,
    (
        select max(at) from writes
        where writes.destination = records.destination and writes.key = records.key
    )
from records
where destination = ?1
    and date(json_extract(text, ?2)) >= ?3
    and date(json_extract(text, ?2)) < ?4
order by julianday(json_extract(text, ?2)), key
"""


_KEYS_BETWEEN = """
select key from records
where destination = ?1
    and julianday(json_extract(text, ?2)) between julianday(?3) and julianday(?4)
"""


def orders_between(
    store: Store, contract: Contract, start: str, end: str
) -> list[tuple[str, float]]:
    """Return the orders of a range of UTC dates, the oldest first, without the day of its end.

    They are texts, each with the time of its last write in seconds since 1970.
    """
    values = (contract.destination, f'$."{contract.order_by}"', start, end)
    return [(text, written) for text, written in store.ask(_BETWEEN, *values)]


def keys_between(store: Store, contract: Contract, start: str, end: str) -> list[str]:
    """Return the keys of the orders of a range of time in UTC, both ends in it."""
    values = (contract.destination, f'$."{contract.order_by}"', start, end)
    return [key for (key,) in store.ask(_KEYS_BETWEEN, *values)]


def writes(store: Store, destination: str, key: str) -> list[dict[str, Any]]:
    """Return the writes of one order, oldest first: `md5` of its text, `request`, `at`."""
    rows = store.ask(_WRITES, destination, key)
    return [{"md5": md5, "request": request, "at": at} for md5, request, at in rows]


def write_counts(store: Store, destination: str) -> dict[str, int]:
    """Return how often each order was written."""
    return dict(store.ask(_WRITE_COUNTS, destination))


def events(store: Store, destination: str, key: str) -> list[dict[str, Any]]:
    """Return the events of one order, oldest first: `name`, `md5` of its text, `request`, `at`."""
    rows = store.ask(_EVENTS, destination, key)
    return [
        {"name": name, "md5": md5, "request": request, "at": at} for name, md5, request, at in rows
    ]


def event_counts(store: Store, destination: str) -> dict[str, int]:
    """Return how many events each order raised."""
    return dict(store.ask(_EVENT_COUNTS, destination))


def records(store: Store, destination: str, key: str) -> list[dict[str, Any]]:
    """Return the records of one order: `record`, the `list` of an item, `is_void` and `text`."""
    rows = store.ask(_RECORDS, destination, key)
    return [
        {"record": record, "list": name, "is_void": bool(is_void), "text": text}
        for record, name, is_void, text in rows
    ]


def live_counts(store: Store, destination: str) -> dict[str, int]:
    """Return how many records of each order are not void; more than one is one too many."""
    return dict(store.ask(_LIVE_COUNTS, destination))

"""Changes stored orders without the connector's knowledge: no call, write or event records it."""

from collections.abc import Mapping
from typing import Any

import orjson

from connector.sandbox.handling.context import ServedDestination
from connector.text import exact

_DELETE_ITEMS = """
delete from items
where destination = ?1
    and parent in (select record from records where destination = ?1 and key = ?2)
"""
_DELETE = "delete from records where destination = ?1 and key = ?2"
_OF_KEY = "select record, text, is_void from records where destination = ? and key = ?"
_PUT = "replace into records values (?, ?, ?, ?, ?)"


def delete(served: ServedDestination, key: str) -> int:
    """Delete all records of an order; returns how many there were."""
    name = served.contract.destination
    records = len(served.store.ask(_OF_KEY, name, key))
    for sql in (_DELETE_ITEMS, _DELETE):
        served.store.ask(sql, name, key)
    return records


def change(served: ServedDestination, key: str, members: Mapping[str, Any]) -> int:
    """Set members of the records of an order, without making new records."""
    name = served.contract.destination
    records = served.store.ask(_OF_KEY, name, key)
    for record, text, is_void in records:
        changed = exact.compact({**exact.loads(text), **members})
        served.store.ask(_PUT, name, record, key, changed, is_void)
    return len(records)


def add(served: ServedDestination, key: str | None, members: Mapping[str, Any]) -> int:
    """Add an order, or a copy of one with some members changed: another, or a second record."""
    name, identity = served.contract.destination, served.destination.identity
    found = served.store.ask(_OF_KEY, name, key) if key else []
    order = {**(exact.loads(found[0][1]) if found else {}), **members}
    own = str(order[served.contract.key])
    record = own
    if identity:
        around = orjson.loads(found[0][0]) if found else served.settings.credentials
        record = identity.record(around, order)
    served.store.ask(_PUT, name, record, own, exact.compact(order), 0)
    return 1

"""Turns the accepted orders of a call into what the store keeps."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from connector.sandbox.handling.destination import Destination
from connector.sandbox.storage.identity import Identity
from connector.sandbox.storage.store import Batch, Event, Item, Record, Store


class Order(NamedTuple):
    """An accepted order: its key, its value, and the text that was received."""

    key: str
    value: Mapping[str, Any]
    text: str


def batch(store: Store, destination: Destination, document: Any, orders: Sequence[Order]) -> Batch:
    """Return what a call leaves behind; of two orders of one record the later stays."""
    if destination.identity is None:
        records = {order.key: Record(order.key, order.key, order.text) for order in orders}
        return Batch(records.values(), events=list(_events(destination, orders)))
    keeper = _Keeper(store, destination.contract.destination, destination.identity)
    for order in orders:
        keeper.keep(document, order)
    events = list(_events(destination, orders))
    return Batch(keeper.records.values(), keeper.items.values(), keeper.voids, events)


def _events(destination: Destination, orders: Sequence[Order]) -> Iterator[Event]:
    for order in orders:
        name = destination.event(order.value)
        if name is not None:
            yield Event(order.key, name, order.text)


class _Keeper:
    """Collects the records of a call, and what is void among them."""

    def __init__(self, store: Store, name: str, identity: Identity) -> None:
        self._store, self._name, self._identity = store, name, identity
        self.records: dict[str, Record] = {}
        self.items: dict[str, Item] = {}
        self.voids: list[tuple[str, bool]] = []

    def keep(self, document: Any, order: Order) -> None:
        record = self._identity.record(document, order.value)
        is_void = self._identity.is_void(order.value)
        if is_void:
            last = self.records.get(record)
            self._void(record, order.value, last.text if last else self._last(record, "records"))
        for name in self._identity.items:
            for item in order.value.get(name, ()):
                self._keep_item(record, name, item)
        self.records[record] = Record(record, order.key, order.text, is_void)

    def _keep_item(self, parent: str, name: str, item: Mapping[str, Any]) -> None:
        record = self._identity.item(parent, name, item)
        is_void = self._identity.is_void(item)
        if is_void:
            last = self.items.get(record)
            self._void(record, item, last.text if last else self._last(record, "items"))
        self.items[record] = Item(record, parent, name, orjson.dumps(item).decode(), is_void)

    def _last(self, record: str, table: str) -> str | None:
        return self._store.text(self._name, record, table)

    def _void(self, record: str, value: Mapping[str, Any], last: str | None) -> None:
        is_identical = last is not None and self._identity.differ_not(value, orjson.loads(last))
        self.voids.append((record, is_identical))

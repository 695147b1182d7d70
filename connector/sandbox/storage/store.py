"""The orders of the sandbox in SQLite: as received, with every write, event and request."""

import dataclasses
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connector.exceptions import ConnectorError

_TABLES = """
pragma journal_mode = wal;
pragma synchronous = normal;
create table if not exists records (
    destination text, record text, key text, text text, is_void int,
    primary key (destination, record)
) without rowid;
create index if not exists records_by_key on records (destination, key) where record <> key;
create table if not exists doubles (
    destination text, key text, primary key (destination, key)
) without rowid;
create table if not exists items (
    destination text, record text, parent text, list text, text text, is_void int,
    primary key (destination, record)
) without rowid;
create table if not exists voids (destination text, record text, is_identical int);
create table if not exists writes (destination text, key text, md5 blob, request int, at real);
create table if not exists events (
    destination text, key text, name text, md5 blob, request int, at real
);
create table if not exists requests (
    destination text, number integer primary key, answer text, bytes int, at real
);
"""
_CLEAR = "".join(
    f"delete from {table};"  # noqa: S608 - names of our own
    for table in ("records", "doubles", "items", "voids", "writes", "events", "requests")
)
_TEXTS = {
    "records": "select text from records where destination = ? and record = ?",
    "items": "select text from items where destination = ? and record = ?",
}
_PUT = {
    "records": "replace into records values (?, ?, ?, ?, ?)",
    "items": "replace into items values (?, ?, ?, ?, ?, ?)",
    "voids": "insert into voids values (?, ?, ?)",
    "writes": "insert into writes values (?, ?, ?, ?, ?)",
    "events": "insert into events values (?, ?, ?, ?, ?, ?)",
}
_VOID_ITEMS = "update items set is_void = 1 where destination = ? and parent = ?"
# Orders with more than one live record after a call; none where the key is the record.
_NOTE_DOUBLES = """
insert or ignore into doubles
select destination, key from records
where destination = ?1 and record <> key and not is_void
    and key in (select value from json_each(?2))
group by destination, key having count(*) > 1
"""
_PAGE = 1000


class Record(NamedTuple):
    """A stored order, under the key of its record, which usually is the order's key."""

    record: str
    key: str
    text: str
    is_void: bool = False


class Item(NamedTuple):
    """An item of a list that is a record of its own; `parent` is the order's record."""

    record: str
    parent: str
    name: str
    text: str
    is_void: bool


class Event(NamedTuple):
    """What an accepted order set off."""

    key: str
    name: str
    text: str


@dataclasses.dataclass
class Batch:
    """The effect of one call; `voids` says of each void record whether all else was equal."""

    records: Collection[Record]
    items: Collection[Item] = ()
    voids: Sequence[tuple[str, bool]] = ()
    events: Sequence[Event] = ()


class Store:
    """Everything that the sandbox stores; to be used from one thread."""

    def __init__(self, file: Path | None) -> None:
        try:
            self._database = _open(file)
        except (OSError, sqlite3.Error) as error:
            raise ConnectorError(
                f"cannot keep orders in {file}: {error}; give another --store"
            ) from error
        self._requests = int(self.ask("select coalesce(max(number), 0) from requests")[0][0])

    def next_request(self) -> int:
        """Count one more request and return its number."""
        self._requests += 1
        return self._requests

    def note_request(self, destination: str, number: int, answer: str, size: int) -> None:
        """Remember how a request was answered: a status, or the fault that hit it."""
        row = (destination, number, answer, size, time.time())
        self._database.execute("insert into requests values (?, ?, ?, ?, ?)", row)

    def write(self, destination: str, request: int, batch: Batch) -> None:
        """Upsert the records of a request, all or none."""
        now = time.time()
        writes = [(destination, row.key, _md5(row.text), request, now) for row in batch.records]
        self._database.execute("begin")
        with self._database:
            self._put("records", [(destination, *row) for row in batch.records])
            self._put("writes", writes)
            self._note(destination, request, now, batch)

    def _note(self, destination: str, request: int, now: float, batch: Batch) -> None:
        """Keep what few destinations know: items that are records, what is void, events."""
        self._put("items", [(destination, *row) for row in batch.items])
        void = [(destination, row.record) for row in batch.records if row.is_void]
        self._database.executemany(_VOID_ITEMS, void)
        keys = json.dumps([row.key for row in batch.records if row.record != row.key])
        self._database.execute(_NOTE_DOUBLES, (destination, keys))
        self._put("voids", [(destination, *void) for void in batch.voids])
        events = [
            (destination, event.key, event.name, _md5(event.text), request, now)
            for event in batch.events
        ]
        self._put("events", events)

    def delete(self, destination: str, request: int, key: str) -> None:
        """Delete an order; it stands among the writes as one without a content."""
        self._database.execute("begin")
        with self._database:
            query = "delete from records where destination = ? and key = ?"
            self._database.execute(query, (destination, key))
            self._put("writes", [(destination, key, None, request, time.time())])

    def text(self, destination: str, record: str, table: str = "records") -> str | None:
        """Return the text of a record, if it is there; `table` is records or items."""
        rows = self.ask(_TEXTS[table], destination, record)
        return str(rows[0][0]) if rows else None

    def orders(self, destination: str) -> Iterator[list[str]]:
        """Return the texts of all orders by record, in pages, so that writes between do no harm."""
        query = """
            select record, text from records
            where destination = ? and record > ? and not is_void order by record limit ?
        """
        last = ""
        while rows := self.ask(query, destination, last, _PAGE):
            last = rows[-1][0]
            yield [text for _, text in rows]

    def ask(self, query: str, *values: Any) -> list[Any]:
        """Return the rows of a query."""
        return self._database.execute(query, values).fetchall()

    def clear(self) -> None:
        """Forget everything."""
        self._database.executescript(_CLEAR)
        self._requests = 0

    def _put(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._database.executemany(_PUT[table], rows)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _open(file: Path | None) -> sqlite3.Connection:
    if file:
        # Made before SQLite opens it, so that orders are at no moment readable by others.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    database = sqlite3.connect(file or ":memory:", isolation_level=None)
    database.executescript(_TABLES)
    return database


def _md5(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()

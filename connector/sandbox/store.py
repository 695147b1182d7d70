"""The orders of the sandbox in SQLite: as received, with every write and every request."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connector.errors import ConnectorError

_TABLES = """
pragma journal_mode = wal;
pragma synchronous = normal;
create table if not exists orders (
    destination text, key text, text text, primary key (destination, key)
) without rowid;
create table if not exists writes (destination text, key text, md5 blob, request int, at real);
create table if not exists requests (
    destination text, number integer primary key, answer text, bytes int, at real
);
"""
_CLEAR = "delete from orders; delete from writes; delete from requests;"
_PAGE = 1000


class Store:
    """Everything that the sandbox remembers; to be used from one thread."""

    def __init__(self, file: Path | None) -> None:
        try:
            self._database = _open(file)
        except (OSError, sqlite3.Error) as error:
            raise ConnectorError(f"cannot keep orders in {file}: {error}") from error
        self._requests = int(self.ask("select coalesce(max(number), 0) from requests")[0][0])

    def next_request(self) -> int:
        """Count one more request and return its number."""
        self._requests += 1
        return self._requests

    def note_request(self, destination: str, number: int, answer: str, size: int) -> None:
        """Remember how a request was answered: a status, or the fault that hit it."""
        row = (destination, number, answer, size, time.time())
        self._database.execute("insert into requests values (?, ?, ?, ?, ?)", row)

    def write(self, destination: str, request: int, orders: Mapping[str, str]) -> None:
        """Upsert the orders of a request, all or none."""
        now = time.time()
        rows = [(destination, key, text) for key, text in orders.items()]
        writes = [(destination, key, _md5(text), request, now) for key, text in orders.items()]
        self._database.execute("begin")
        with self._database:
            self._database.executemany("insert or replace into orders values (?, ?, ?)", rows)
            self._database.executemany("insert into writes values (?, ?, ?, ?, ?)", writes)

    def order(self, destination: str, key: str) -> str | None:
        """Return the text of an order, if it is there."""
        query = "select text from orders where destination = ? and key = ?"
        rows = self.ask(query, destination, key)
        return str(rows[0][0]) if rows else None

    def orders(self, destination: str) -> Iterator[list[str]]:
        """Return the texts of all orders by key, in pages, so that writes in between do no harm."""
        query = """
            select key, text from orders where destination = ? and key > ? order by key limit ?
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

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _open(file: Path | None) -> sqlite3.Connection:
    if file:
        # Made before SQLite opens it, so that orders are at no moment readable by others.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    database = sqlite3.connect(file or ":memory:", isolation_level=None)
    database.executescript(_TABLES)
    return database


def _md5(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()

"""Blobs as rows of one PostgreSQL table, by psycopg.

The password comes from PGPASSWORD or PGPASSFILE, as with every client of PostgreSQL.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from connector.blobs.blobs import ChangedError, ExistsError, FaultError, Found, MissingError

TIMEOUT = 10  # seconds
_TABLE = """
create table if not exists order_connector_blobs (
    key text primary key,
    body bytea not null,
    tag uuid not null default gen_random_uuid(),
    modified timestamptz not null default now()
)
"""
_GET = "select body, tag from order_connector_blobs where key = %s"
_PUT = """
insert into order_connector_blobs (key, body) values (%s, %s)
on conflict do nothing returning tag
"""
_REPLACE = """
update order_connector_blobs set body = %s, tag = gen_random_uuid(), modified = now()
where key = %s and tag = %s returning tag
"""
_LIST = """
select key, length(body), modified from order_connector_blobs
where starts_with(key, %s) order by key collate "C"
"""
_DELETE = "delete from order_connector_blobs where key = any(%s)"
_DENIED = ("28", "42501", "3D000", "25006")  # SQLSTATEs, or their prefixes
_FULL = ("53100", "53200")


class Postgres:
    """A table of a database, below a prefix: `postgres://user@host/database/prefix`."""

    def __init__(self, url: str) -> None:
        """Prepare; the first operation connects."""
        self.address = url
        parts = urlsplit(url)
        database, _, prefix = parts.path.strip("/").partition("/")
        self._url = urlunsplit(("postgresql", parts.netloc, f"/{database}", parts.query, ""))
        self._prefix = f"{prefix}/" if prefix else ""
        self._connection: psycopg.Connection[Any] | None = None

    def get(self, key: str) -> tuple[bytes, Any]:
        """Return a blob and its version."""
        rows = self._asked(_GET, (self._prefix + key,))
        if not rows:
            raise MissingError(key)
        return bytes(rows[0][0]), rows[0][1]

    def put_new(self, key: str, data: bytes) -> Any:
        """Insert a row that does not exist yet."""
        rows = self._asked(_PUT, (self._prefix + key, data))
        if not rows:
            raise ExistsError(key)
        return rows[0][0]

    def replace_if(self, key: str, data: bytes, tag: Any) -> Any:
        """Update a row that has this version."""
        rows = self._asked(_REPLACE, (data, self._prefix + key, tag))
        if not rows:
            raise ChangedError(key)
        return rows[0][0]

    def listed(self, folder: str) -> list[Found]:
        """Return the rows below a folder."""
        rows = self._asked(_LIST, (self._prefix + folder,))
        return [Found(key.removeprefix(self._prefix), size, at) for key, size, at in rows]

    def delete(self, keys: Sequence[str]) -> None:
        """Delete rows."""
        self._asked(_DELETE, ([self._prefix + key for key in keys],))

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            with suppress(psycopg.Error):
                self._connection.close()

    def _asked(self, sql: Any, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._connected()
            cursor = self._connection.execute(sql, values, binary=True)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise _fault(error) from error

    def _connected(self) -> psycopg.Connection[Any]:
        found: psycopg.Connection[Any] = psycopg.connect(
            self._url, autocommit=True, connect_timeout=TIMEOUT, prepare_threshold=None
        )
        exists = "select to_regclass('order_connector_blobs')"
        if found.execute(exists).fetchall()[0][0] is None:
            with suppress(psycopg.errors.UniqueViolation):  # another process is creating it
                found.execute(_TABLE)
        return found


def _fault(error: psycopg.Error) -> FaultError:
    state = error.sqlstate or ""
    text = str(error)
    kind = "unavailable"
    if state.startswith(_DENIED) or "authentication failed" in text or "does not exist" in text:
        kind = "denied"
    elif state in _FULL:
        kind = "full"
    return FaultError(kind, f"{type(error).__name__} {state}".strip())

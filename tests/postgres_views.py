"""The views of Northbeam in a real PostgreSQL, each test in a schema of its own."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import duckdb
import psycopg

from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.source.opening import opened
from connector.source.project import Warehouse
from connector.source.server import Server
from connector.source.source import Source
from connector.text.secret import Secret
from tests.shop import SCHEMA

CONTRACT = contracts()["northbeam"]
READER = "reader"  # may read the views, and nothing else
_numbers = count(1)


class PostgresWarehouse:
    """A schema of a database with the views of Northbeam; they are read by a role of its own."""

    def __init__(self, url: str) -> None:
        self.schema = f"shop_{next(_numbers)}"
        parts = urlsplit(url)
        self.url = f"postgresql://{parts.username}@127.0.0.1:{parts.port}/postgres"
        self.server = Server("127.0.0.1", parts.port or 0, READER, "postgres", secret=Secret(""))
        self.admin = psycopg.connect(self.url, autocommit=True)
        self.execute(
            f"drop schema if exists {self.schema} cascade; create schema {self.schema}; "
            f"grant usage on schema {self.schema} to {READER}; "
            f"alter default privileges in schema {self.schema} grant select on tables to {READER}; "
            f"set search_path = {self.schema}; set timezone = 'UTC'"
        )
        self.execute(SCHEMA)

    def execute(self, sql: str, **values: Any) -> None:
        """Change the warehouse as dbt would; `$name` stands for a value."""
        if values:
            sql = re.sub(r"\$(\w+)", r"%(\1)s", sql.replace("%", "%%"))
            for statement in filter(str.strip, sql.split(";")):
                self.admin.execute(statement, values)  # type: ignore[call-overload]
        else:
            self.admin.execute(sql)  # type: ignore[call-overload]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.admin.execute(sql).fetchall()  # type: ignore[call-overload]

    def settings(self, **more: object) -> str:
        """Return the lines of connector.yml that name it."""
        keys = {"type": "postgres", "host": "127.0.0.1", "port": self.server.port}
        keys |= {"user": READER, "dbname": "postgres", "schema": self.schema, **more}
        return f"warehouse: {json.dumps(keys)}\nwarehouse_wait: 1s"

    @property
    def warehouse(self) -> Warehouse:
        """The same, as the connector knows it."""
        return Warehouse(self.server, self.schema, None, wait=1.0)

    @contextmanager
    def opened(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract = CONTRACT
    ) -> Iterator[Source]:
        with opened(connection, contract, self.warehouse, {}) as source:
            yield source

    def elsewhere(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let the session be that of somebody on the other side of the world."""
        connection.execute("set timezone = 'Pacific/Auckland'; set calendar = 'japanese'")
        self.admin.execute(
            f"alter role {READER} set timezone = 'Pacific/Auckland'; "
            f"alter role {READER} set datestyle = 'German'; "
            f"alter role {READER} set search_path = pg_temp"
        )

    def close(self) -> None:
        """Drop it."""
        self.admin.execute(f"drop schema {self.schema} cascade; alter role {READER} reset all")
        self.admin.close()


def prepare(url: str) -> None:
    """Make the role that reads."""
    parts = urlsplit(url)
    plain = f"postgresql://{parts.username}@127.0.0.1:{parts.port}/postgres"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"create role {READER} login")
        connection.execute("revoke temporary on database postgres from public")

"""The views of Northbeam in a real Spark cluster, each test in a schema of its own.

Tests write the SQL of DuckDB: tables are changed in a DuckDB file, and Spark reads them as Parquet
files behind views, as it reads the files of a lake.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from connector.compile import quote
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.source.opening import opened
from connector.source.project import Warehouse
from connector.source.source import Source
from connector.source.spark.cluster import Cluster
from connector.sql import run
from tests.database import database
from tests.shop import SCHEMA

CONTRACT = contracts()["northbeam"]
_numbers = count(1)


class SparkWarehouse:
    """A schema of a cluster with the views of Northbeam, published when they are to be read."""

    def __init__(self, port: int, directory: Path) -> None:
        from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415 - an extra

        self.schema = f"shop_{time.time_ns()}_{next(_numbers)}"
        self.cluster = Cluster("127.0.0.1", port)
        self.directory = directory / self.schema
        self.directory.mkdir()
        self.path = self.directory / "tables.duckdb"
        self.admin = SparkSession.builder.remote(str(self.cluster)).create()
        self.admin.conf.set("spark.sql.ansi.doubleQuotedIdentifiers", "true")
        self.admin.sql(f"create database {self.schema}")
        self.execute(SCHEMA)

    def execute(self, sql: str, **values: Any) -> None:
        """Change the warehouse as dbt would; `$name` stands for a value."""
        with database(self.path) as connection:
            connection.execute("set timezone = 'UTC'")
            run(connection, sql, values)
        self.is_published = False

    def publish(self) -> None:
        """Let Spark's views show what the tables are now."""
        if self.is_published:
            return
        self.is_published, version = True, time.time_ns()
        with database(self.path) as connection:
            connection.execute("set timezone = 'UTC'")
            for name, is_view, text in connection.execute(_RELATIONS).fetchall():
                if is_view:
                    body = re.sub(r"(?is)^.*? as (select)", r"\1", text.rstrip("; \n"), count=1)
                    body = re.sub(
                        r"\bfrom kept\b", f"from {self.schema}.kept", body, flags=re.IGNORECASE
                    )
                else:
                    folder = self.directory / name
                    folder.mkdir(exist_ok=True)
                    former, file = list(folder.iterdir()), folder / f"{version}.parquet"
                    connection.execute(f"copy {quote(name)} to '{file}' (format parquet)")
                    for each in former:
                        each.unlink()
                    body = f"select * from parquet.`{folder}`"
                self.admin.sql(f"create or replace view {self.schema}.{name} as {body}")

    def rows(self, sql: str) -> list[Any]:
        """Return the rows of a query of Spark."""
        return self.admin.sql(sql).collect()

    def tables(self) -> list[str]:
        """Return the names of the tables, which are not views."""
        found = self.rows(f"show tables in {self.schema}")
        return [row[1] for row in found if row[1].startswith("order_connector_")]

    def settings(self, **more: object) -> str:
        """Return the lines of connector.yml that name it."""
        keys = {"type": "spark", "host": "127.0.0.1", "port": self.cluster.port}
        return f"warehouse: {json.dumps(keys | {'schema': self.schema} | more)}"

    @property
    def warehouse(self) -> Warehouse:
        """The same, as the connector knows it."""
        return Warehouse(self.cluster, self.schema, None)

    @contextmanager
    def opened(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract = CONTRACT
    ) -> Iterator[Source]:
        self.publish()
        with opened(connection, contract, self.warehouse, {}) as source:
            yield source

    def elsewhere(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let this session be that of somebody on the other side of the world."""
        connection.execute("set timezone = 'Pacific/Auckland'; set calendar = 'japanese'")

    def close(self) -> None:
        """Drop it."""
        self.admin.sql(f"drop database {self.schema} cascade")
        self.admin.stop()


_RELATIONS = """
select table_name, false as is_view, '' as text
from duckdb_tables()
union all
select view_name, true, sql
from duckdb_views()
where not internal
order by is_view
"""

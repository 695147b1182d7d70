"""Syncs the same orders out of a PostgreSQL server of its own, on loopback.

`python -m bench.postgres URL WAREHOUSE` loads the views of a DuckDB file into a database.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import duckdb
import psycopg
from psycopg.sql import SQL, Identifier

from bench.measure import measure
from bench.stage import CHANGED, Stage, of
from demo.postgres_server import POSTGRES
from demo.postgres_server import postgres as server

CHUNK = 1 << 20  # bytes
NAMES = {
    "PostgreSQL first": "connector from PostgreSQL, first load",
    "PostgreSQL unchanged": "connector from PostgreSQL, nothing changed",
    "PostgreSQL changed": "connector from PostgreSQL, 1,000 changed",
}


def postgres(stage: Stage) -> None:
    """Sync a first load, nothing changed, some changed; the server's own work is not counted."""
    if not POSTGRES:
        sys.stderr.write("PostgreSQL is not installed here: it is left out\n")
        return
    planned = {"first": stage.orders, "unchanged": 0, "changed": min(CHANGED, stage.orders)}
    with server() as url:
        project = replace(stage.project("postgres"), warehouse=settings(url))
        fill(url, stage.base)
        project.begin(stage.base)
        for case, orders in planned.items():
            if case == "changed":
                fill(url, stage.changed)
            with stage.noted(f"PostgreSQL {case}") as facts:
                done, summary = project.sync()
                facts.update(of(done) | {"planned": summary["planned"]})
            if not summary["delivered"] == summary["planned"] == orders:
                raise RuntimeError(f"{case}: {orders} orders were to be sent, but {summary}")


def settings(url: str) -> str:
    """Return the value of `warehouse:` that names the database at a URL."""
    parts = urlsplit(url)
    place = {"host": parts.hostname, "port": parts.port, "user": parts.username}
    return json.dumps({"type": "postgres", **place, "dbname": "postgres", "schema": "public"})


def fill(url: str, warehouse: Path) -> None:
    """Load in a process of its own: a child's peak of memory is never below that of its parent."""
    measure((sys.executable, "-m", "bench.postgres", url, warehouse))


def load(url: str, warehouse: Path) -> None:
    """Copy the views of a DuckDB file into tables, in place of those that are there."""
    place = url.replace("postgres:", "postgresql:", 1)
    with (
        psycopg.connect(place, autocommit=True) as connection,
        duckdb.connect(warehouse, read_only=True) as reader,
    ):
        reader.execute("set timezone = 'UTC'")
        for (view,) in reader.execute("select table_name from duckdb_tables()").fetchall():
            if view.startswith("northbeam__"):
                _copy(connection, reader, view)


def _copy(connection: psycopg.Connection, reader: duckdb.DuckDBPyConnection, view: str) -> None:
    """Copy one view: its types have the same names in PostgreSQL, its lists are of plain words."""
    rows = reader.table(view)
    types = {name: str(type_) for name, type_ in zip(rows.columns, rows.types, strict=True)}
    table = Identifier(view)
    columns = [SQL("{} {}").format(Identifier(name), SQL(types[name])) for name in types]
    connection.execute(SQL("drop table if exists {}").format(table))
    connection.execute(SQL("create table {} ({})").format(table, SQL(", ").join(columns)))
    written = [
        f"'{{' || array_to_string({name}, ',') || '}}'" if type_.endswith("[]") else name
        for name, type_ in types.items()
    ]
    copied = SQL("copy {} from stdin (format csv, null '\\N')").format(table)
    with TemporaryDirectory() as folder, connection.cursor() as cursor:
        path = Path(folder) / "rows.csv"
        rows.project(", ".join(written)).write_csv(str(path), header=False, na_rep="\\N")
        with cursor.copy(copied) as copy, path.open("rb") as file:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
    connection.execute(SQL("vacuum analyze {}").format(table))


if __name__ == "__main__":
    load(sys.argv[1], Path(sys.argv[2]))

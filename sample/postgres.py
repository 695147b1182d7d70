"""Loads the raw tables of the sample into PostgreSQL, as an order system would have them there."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import psycopg
from psycopg.sql import SQL, Composed, Identifier

from sample.warehouse import KEYS, RAW

CHUNK = 1 << 20  # bytes


def load(url: str, raw: Path = RAW) -> None:
    """Replace the schema `raw` of the database at `url` by the Parquet files of `raw`, at once."""
    with psycopg.connect(url) as connection, duckdb.connect() as reader:
        connection.execute("drop schema if exists raw cascade")
        connection.execute("create schema raw")
        for table in KEYS:
            _load_table(connection, reader, table, raw / f"{table}.parquet")
            connection.execute(SQL("analyze {}").format(Identifier("raw", table)))


def _load_table(
    connection: psycopg.Connection, reader: duckdb.DuckDBPyConnection, table: str, file: Path
) -> None:
    """Create one table with the types of its file, which have the same names here, and fill it."""
    rows = reader.read_parquet(str(file))
    columns = SQL(", ").join(map(Identifier, rows.columns))
    typed = [
        *map(_typed, rows.columns, rows.types),
        _typed("_loaded_at", "timestamptz default now()"),
    ]
    name = Identifier("raw", table)
    connection.execute(SQL("create table {} ({})").format(name, SQL(", ").join(typed)))
    # An empty text stays one: a null is written as \N.
    copied = SQL("copy {} ({}) from stdin (format csv, null '\\N')").format(name, columns)
    with TemporaryDirectory() as folder, connection.cursor() as cursor:
        path = Path(folder) / "rows.csv"
        rows.write_csv(str(path), header=False, na_rep="\\N")
        with cursor.copy(copied) as copy, path.open("rb") as file_of_rows:
            while chunk := file_of_rows.read(CHUNK):
                copy.write(chunk)


def _typed(name: str, type_: object) -> Composed:
    """Return a column of a table to create."""
    return SQL("{} {}").format(Identifier(name), SQL(str(type_)))

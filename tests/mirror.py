"""Shows what a test's DuckDB file holds in a real PostgreSQL, so that a run reads it from there."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb
from psycopg import Cursor, sql

from tests.database import database
from tests.postgres_views import PostgresWarehouse

# What DuckDB calls a type, and what PostgreSQL does; all others have one name in both.
TYPES = {
    "VARCHAR": "text",
    "HUGEINT": "numeric(38, 0)",
    "UBIGINT": "numeric(20, 0)",
    "UINTEGER": "bigint",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "BLOB": "bytea",
}
FOUND = """
select table_name, '' from duckdb_tables()
where database_name = current_database() and schema_name = 'main' and contains(table_name, '__')
union all
select view_name, sql from duckdb_views()
where database_name = current_database() and schema_name = 'main' and contains(view_name, '__')
"""
TABLES = ("northbeam__orders", "northbeam__products", "northbeam__refunds")
SETTINGS = re.compile(r"warehouse:( \{path: oms\.duckdb\}|\n +path: oms\.duckdb)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A relation: its columns with their types, the text of a view, and a hash of its rows."""

    columns: Mapping[str, str]
    defined: str
    rows: Hashable


class Mirror:
    """A schema that has the views of one file at a time, whichever test it belongs to.

    A run's fingerprints count for one server and schema, and tests copy ledgers from one directory
    to another; so all of them are shown in the same schema.
    """

    def __init__(self, url: str) -> None:
        self._place = PostgresWarehouse(url)
        self._place.execute(f"drop table {', '.join(TABLES)}")
        self._shown: dict[str, Shown] = {}

    def show(self, directory: Path) -> None:
        """Show the file of a directory, and let its settings name PostgreSQL."""
        settings, file = directory / "connector.yml", directory / "oms.duckdb"
        text = settings.read_text() if settings.exists() else ""
        ours = SETTINGS.sub(lambda _: self._place.settings(), text)
        if not file.exists() or self._place.settings() not in ours:
            return
        settings.write_text(ours)
        with database(file, read_only=True) as connection:
            found = dict(_found(connection))
            with self._place.admin.transaction(), self._place.admin.cursor() as cursor:
                for name in self._shown.keys() - found.keys():
                    self._drop(cursor, name)
                for name, relation in found.items():
                    if self._shown.get(name) != relation:
                        self._show(cursor, connection, name, relation)
        self._shown = found

    def _show(
        self, cursor: Cursor, connection: duckdb.DuckDBPyConnection, name: str, now: Shown
    ) -> None:
        before = self._shown.get(name)
        table = sql.Identifier(f"rows of {name}" if now.defined else name)
        if before and (before.columns, before.defined) == (now.columns, now.defined):
            cursor.execute(sql.SQL("truncate {}").format(table))
        else:
            self._drop(cursor, name)
            self._make(cursor, name, now)
        values = ", ".join(
            f'"{column}"::varchar[]' if type_.endswith("[]") else f'"{column}"::varchar'
            for column, type_ in now.columns.items()
        )
        with cursor.copy(sql.SQL("copy {} from stdin").format(table)) as rows:
            for row in connection.execute(f'select {values} from "{name}"').fetchall():
                rows.write_row(row)

    def _make(self, cursor: Cursor, name: str, now: Shown) -> None:
        """Make a table; what is a view in the file is a view here, whose text is another, too."""
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_in_postgres(type_)))
            for column, type_ in now.columns.items()
        )
        table = sql.Identifier(f"rows of {name}" if now.defined else name)
        cursor.execute(sql.SQL("create table {} ({})").format(table, columns))
        if now.defined:
            mark = sha256(now.defined.encode()).hexdigest()
            query = sql.SQL("create view {} as select * from {} where {} <> ''")
            cursor.execute(query.format(sql.Identifier(name), table, mark))

    def _drop(self, cursor: Cursor, name: str) -> None:
        before = self._shown.get(name)
        if before:
            table = sql.Identifier(f"rows of {name}" if before.defined else name)
            cursor.execute(sql.SQL("drop table {} cascade").format(table))

    def close(self) -> None:
        """Drop it."""
        self._place.close()


def _found(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Shown]]:
    for name, defined in connection.execute(FOUND).fetchall():
        described = connection.execute(f'describe "{name}"').fetchall()
        columns = {column: type_ for column, type_, *_ in described}
        hashed = f'select count(*), sum(hash(rows)) from "{name}" as rows'
        yield name, Shown(columns, defined, connection.execute(hashed).fetchone())


def _in_postgres(type_: str) -> str:
    """Return what PostgreSQL calls a type of DuckDB."""
    inner = type_.removesuffix("[]")
    return TYPES.get(inner, inner) + type_[len(inner) :]

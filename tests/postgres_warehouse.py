"""The dbt project built in PostgreSQL, and its rows and types in the words of DuckDB."""

import re
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.dbt_project import environment, failed_nodes, run_dbt

# What PostgreSQL calls a type, and what DuckDB does; texts and lists of texts have two names there.
TYPES = {
    "character varying": "VARCHAR",
    "text": "VARCHAR",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    "numeric": "DECIMAL",
}
COLUMNS = """
select attname, format_type(atttypid, atttypmod) from pg_attribute
where attrelid = %s::regclass and attnum > 0 order by attnum
"""


def build(directory: Path, url: str, *arguments: str) -> None:
    """Build and test models of a project in the database at `url`, whose raw tables are there.

    Raises:
        AssertionError: `dbt build` failed; its message names the nodes.
    """
    place = conninfo_to_dict(url)
    own = {f"PG{key.upper()}": str(place[key]) for key in ("host", "port", "user")}
    with environment(PGDATABASE=str(place["dbname"]), PGTZ="UTC", **own):
        outcome = run_dbt(directory, ["build", "--target", "postgres", *arguments])
    assert outcome.success, outcome.exception or failed_nodes(outcome)


def columns(connection: psycopg.Connection, view: str) -> list[tuple[str, str]]:
    """Return name and type of each column of a view, the types as DuckDB calls them."""
    found = connection.execute(COLUMNS, [f"analytics.{view}"]).fetchall()
    return [(name, in_duckdb(type_)) for name, type_ in found]


def in_duckdb(type_: str) -> str:
    """Return what DuckDB calls a type of PostgreSQL."""
    whole, size, items = re.fullmatch(r"([a-z ]+)(\(\d+,\d+\))?(\[\])?", type_).groups("")
    return TYPES.get(whole, whole.upper()) + size + items


def copy(source: psycopg.Connection, view: str, target: duckdb.DuckDBPyConnection) -> None:
    """Copy the rows of a view into a table of DuckDB; its name is that of the view, in `theirs`."""
    known = columns(source, view)
    written = [
        sql.SQL("to_json({})" if type_.endswith("[]") else "{}").format(sql.Identifier(name))
        for name, type_ in known
    ]
    query = sql.SQL("copy (select {} from {}) to stdout (format csv, null '\\N')").format(
        sql.SQL(", ").join(written), sql.Identifier("analytics", view)
    )
    typed = ", ".join(
        f'cast(cast("{name}" as json) as {type_}) as "{name}"'
        if type_.endswith("[]")
        else f'cast("{name}" as {type_}) as "{name}"'
        for name, type_ in known
    )
    path = f"{view}.csv"
    with source.cursor().copy(query) as rows, Path(path).open("wb") as file:
        file.writelines(rows)
    target.execute(
        f"create table theirs.{view} as select {typed} from read_csv($path, header = false,"
        " all_varchar = true, nullstr = '\\N', allow_quoted_nulls = false, names = $names)",
        {"path": path, "names": [name for name, _ in known]},
    )

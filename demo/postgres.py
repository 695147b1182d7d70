"""Build the sample in PostgreSQL, in a server that ends with this: `python -m demo.postgres`."""

import os
import sys
import time

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from demo.postgres_server import POSTGRES, postgres
from demo.running import HOME, Dbt, say, tidy
from sample.postgres import load

ENDING = """\
The connector does not sync from PostgreSQL yet: docs/which-warehouse.md says what to do.
Your own server: set PGHOST, PGUSER, PGPASSWORD, PGDATABASE and PGTZ=UTC,
  python -m sample load --postgres postgresql:///
  dbt build --target postgres"""

VIEWS = "select viewname from pg_views where schemaname = 'analytics' order by viewname"


def main() -> None:
    """Start a server, load the sample, build and test every model, and count the views' rows."""
    if not POSTGRES:
        sys.exit("PostgreSQL is not installed here: there is no program `postgres`")
    began = time.monotonic()
    tidy()
    os.environ |= {
        "DBT_TARGET_PATH": str(HOME / "target"),
        "DBT_LOG_PATH": str(HOME / "logs"),
        "PGTZ": "UTC",
    }
    with postgres() as url:
        build(url.replace("postgres:", "postgresql:", 1))
    say(f"Done in {time.monotonic() - began:.0f} s; the server has ended, and its rows are gone.")
    print(ENDING)


def build(url: str) -> None:
    """Load the raw tables, let dbt build and test what is made of them, and show the views."""
    place = conninfo_to_dict(url)
    os.environ |= {f"PG{key.upper()}": str(place[key]) for key in ("host", "port", "user")}
    os.environ["PGDATABASE"] = str(place["dbname"])
    say("1. The sample: nine months of a gift wholesaler as raw tables in PostgreSQL")
    load(url)
    say("2. The same models, contracts and tests as on DuckDB")
    Dbt("postgres")("build")
    say("3. What the destinations would be sent")
    with psycopg.connect(url) as connection:
        for (view,) in connection.execute(VIEWS).fetchall():
            count(connection, view)


def count(connection: psycopg.Connection, view: str) -> None:
    """Print how many rows a view has."""
    query = SQL("select count(*) from {}").format(Identifier("analytics", view))
    for (rows,) in connection.execute(query):
        print(f"  {view}: {rows:,} rows")


if __name__ == "__main__":
    main()

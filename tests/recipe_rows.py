"""Brings the raw rows of a recipe into a warehouse, as its page says."""

import os
import re
import subprocess
from pathlib import Path

import duckdb

from tests.stores import POSTGRES, postgres

EXTRACT = "extract.psql"
PAGE = Path(__file__).parents[1] / "docs/recipes.md"
PSQL = [path for each in POSTGRES if (path := each.resolve().parent / "psql").exists()]


def load(recipe: Path, warehouse: Path) -> None:
    """Make the raw tables; an extract goes through PostgreSQL where it is installed."""
    with duckdb.connect(str(warehouse)) as connection:
        if not (recipe / EXTRACT).exists():
            connection.execute((recipe / "rows.sql").read_text())
            return
        folder = warehouse.parent / "extract"
        folder.mkdir()
        (by_postgres if PSQL else by_duckdb)(recipe, folder)
        load_files(connection, recipe, folder)


def load_files(connection: duckdb.DuckDBPyConnection, recipe: Path, folder: Path) -> None:
    """Load the files of an extract as the recipe's load.sql does."""
    connection.execute("set file_search_path = $folder", {"folder": str(folder)})
    connection.execute((recipe / "load.sql").read_text())


def by_postgres(recipe: Path, folder: Path) -> None:
    """Make the tables in a PostgreSQL server of its own, and extract them as the page says."""
    (extract,) = re.findall(r"^psql .*$", PAGE.read_text(), flags=re.MULTILINE)
    make = f'psql "$SHOP_DATABASE" --quiet --file {recipe / "tables.sql"}'
    with postgres() as url:
        own = {"SHOP_DATABASE": url.replace("postgres:", "postgresql:", 1)}
        own |= {"PATH": f"{PSQL[-1].parent}:{os.environ['PATH']}", "PSQLRC": os.devnull}
        for line in (make, extract.replace("recipes/", f"{recipe.parent}/")):
            subprocess.run(line, shell=True, check=True, cwd=folder, env=os.environ | own)  # noqa: S602


def by_duckdb(recipe: Path, folder: Path) -> None:
    """Do the same without a server: DuckDB knows all of these types but jsonb."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute((recipe / "tables.sql").read_text().replace(" jsonb", " json"))
        for query, name in re.findall(
            r"\\copy \((.*)\) to '(.*)' csv header", (recipe / EXTRACT).read_text()
        ):
            connection.execute(f"copy ({query}) to '{folder / name}' (format csv, header)")

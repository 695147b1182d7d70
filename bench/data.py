"""Makes what every sender reads: `python -m bench.data FOLDER ORDERS CHANGED [LINES]`.

base.duckdb, changed.duckdb, the same with some orders changed, and bodies.bin, the request bodies
of base.duckdb, each behind its length; of very many orders there are none.
"""

import shutil
import struct
import sys
from pathlib import Path

import duckdb

from bench.stage import HUGE

SQL = Path(__file__).parent / "sql"
BATCH = 1_000  # orders a body
LINES = 3  # an order


def make(folder: Path, orders: int, changed: int, lines: int = LINES) -> None:
    """Make all three files, unless they are there already."""
    done = folder / "bodies.bin"
    if done.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    base, after = folder / "base.duckdb", folder / "changed.duckdb"
    run_sql(base, "tables", orders=orders, lines=lines)
    run_sql(base, "nested")
    change(base, after, "change", changed)
    scratch = folder / "bodies.tmp"
    scratch.touch()
    if orders < HUGE:
        _bodies(base, scratch)
    scratch.rename(done)


def change(base: Path, after: Path, name: str, changed: int) -> None:
    """Copy a warehouse and change so many orders of it, by a file of SQL."""
    shutil.copy(base, after)
    run_sql(after, name, changed=changed)


def run_sql(path: Path, name: str, **variables: int) -> None:
    """Run a file of SQL with variables that it reads with `getvariable`."""
    with duckdb.connect(path) as connection:
        for variable, value in variables.items():
            connection.execute(f"set variable {variable} = $value", {"value": value})
        connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def _bodies(base: Path, out: Path) -> None:
    with duckdb.connect(base, read_only=True) as connection, out.open("wb") as file:
        result = connection.execute("select payload from payloads order by _changed_at")
        while rows := result.fetchmany(BATCH):
            body = f"[{','.join(payload for (payload,) in rows)}]".encode()
            file.write(struct.pack("<I", len(body)) + body)


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:]))

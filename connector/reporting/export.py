"""Results as data: runs, batches, the last status of every order and verifications, for reports.

Exports are incremental: runs and batches are added, orders replaced where their status changed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from connector.compile import created, literal, quote
from connector.exceptions import ExportError
from connector.reporting.export_rows import VERIFICATIONS
from connector.source.file.attached import writable
from connector.source.postgres.target import writing
from connector.source.project import Warehouse
from connector.source.server import Server
from connector.source.spark.cluster import Cluster
from connector.sql import Statements

statement = Statements(__file__)

ORDERS = "orders.parquet"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export added; `orders` is how many have another status than at the last one."""

    to: str
    after: int  # the last run that was exported before, or 0
    runs: int
    batches: int
    orders: int

    def as_dict(self) -> dict[str, object]:
        """Return the stable JSON of `export`."""
        return asdict(self)


def to_warehouse(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> Exported:
    """Write the schema `connector` of the warehouse, all of it or nothing.

    Raises WarehouseError when another process holds the warehouse or it is none, ExportError when
    it cannot be written.
    """
    where = f"{warehouse}, schema connector"
    if isinstance(warehouse.place, Server):
        return _to_server(connection, warehouse.place, where)
    if isinstance(warehouse.place, Cluster):
        raise ExportError(
            f"{warehouse} is Spark, and results are not written there; give a folder with --to"
        )
    with writable(connection, warehouse.place, warehouse.wait), _writing(where):
        statement.run(connection, "prepare")
        found = _compared(connection, where)
        if found.runs or found.orders:
            _store(connection)
        statement.run(connection, "replace")
    return found


def _to_server(connection: duckdb.DuckDBPyConnection, server: Server, where: str) -> Exported:
    with writing(connection, server) as target:
        for table in ("runs", "orders"):
            target.read(f"exported_{table}", f"from work.{quote('export_' + table)} limit 0")
        found = _compared(connection, where)
        rows = connection.cursor()  # another statement may still have rows to give
        target.add("runs", rows.table("work.new_runs"))
        target.add("batches", rows.table("work.new_batches"))
        target.add("orders", rows.sql("from work.new_orders limit 0"))
        target.leave_out("orders", rows.sql(statement("left_out")))
        target.add("orders", rows.table("work.new_orders"))
        target.replace(VERIFICATIONS, rows.table(f"work.export_{VERIFICATIONS}"))
    return found


def _store(connection: duckdb.DuckDBPyConnection) -> None:
    connection.begin()
    try:
        statement.run(connection, "store")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def to_directory(connection: duckdb.DuckDBPyConnection, directory: Path) -> Exported:
    """Write Parquet files that only their owner may read.

    `runs/` and `batches/` get a file an export, the others are replaced. Raises ExportError
    when the directory cannot be written, or holds what no export has written.
    """
    with _writing(str(directory)):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _recall(connection, directory)
        found = _compared(connection, str(directory))
        first = f"{_last_file(directory) + 1:08d}.parquet"
        # Runs come last: they say how far the last export went.
        for table in ("batches", "runs"):
            if getattr(found, table):
                _write(connection, f"new_{table}", directory / table / first)
        if found.orders or found.runs or not (directory / ORDERS).exists():
            _write(connection, "export_orders", directory / ORDERS)
        verifications = f"export_{VERIFICATIONS}"
        _write(connection, verifications, directory / f"{VERIFICATIONS}.parquet")
    return found


def _last_file(directory: Path) -> int:
    """Return the number of the last file of runs, 0 when there is none."""
    numbers = (path.stem for path in directory.glob("runs/*.parquet"))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _recall(connection: duckdb.DuckDBPyConnection, directory: Path) -> None:
    """Make `work.exported_runs` and `work.exported_orders` of what the directory holds."""
    for table, pattern in (("runs", "runs/*.parquet"), ("orders", ORDERS)):
        exists = any(directory.glob(pattern))
        name = f"exported_{table}"
        empty = f"from work.{quote('export_' + table)} limit 0"
        files = f"from read_parquet({literal(str(directory / pattern))}, union_by_name => true)"
        connection.execute(created("work", name, files if exists else empty))


def _compared(connection: duckdb.DuckDBPyConnection, where: str) -> Exported:
    """Make `work.new_*`, what is to be added to `work.exported_*`, and count it."""
    statement.run(connection, "changed")
    row = statement.run(connection, "counts").fetchone()
    return Exported(where, *(row or ()))


def _write(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Write a table of `work` as a Parquet file atomically."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    scratch = path.with_suffix(".tmp")
    scratch.unlink(missing_ok=True)
    os.close(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection.execute(
        f"copy work.{quote(table)} to {literal(str(scratch))} (format parquet, use_tmp_file false)"
    )
    scratch.replace(path)


@contextmanager
def _writing(where: str) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise ExportError(
            f"{where} cannot be written ({type(error).__name__}); check its permissions and the "
            "free space, and move away what no export of this version has written"
        ) from error

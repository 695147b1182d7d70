"""The dbt project built in Spark by its Thrift server, as dbt does, and read by Spark Connect."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from sample.warehouse import KEYS, RAW
from tests.dbt_project import environment, failed_nodes, run_dbt
from tests.spark_cluster import Ports


@contextmanager
def session(ports: Ports) -> Iterator[Any]:
    """Open a session, whose time zone is UTC."""
    from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415 - an extra

    opened = SparkSession.builder.remote(f"sc://127.0.0.1:{ports.connect}").create()
    opened.conf.set("spark.sql.session.timeZone", "UTC")
    yield opened
    opened.stop()


def load(opened: Any, raw: Path = RAW) -> None:
    """Let the schema `raw` show the Parquet files of `raw`, as it shows those of a lake."""
    opened.sql("create database if not exists raw")
    for table in KEYS:
        rows = f"select *, current_timestamp() as _loaded_at from parquet.`{raw / table}.parquet`"
        opened.sql(f"create or replace view raw.{table} as {rows}")


def build(directory: Path, ports: Ports) -> None:
    """Build and test the models of a project, whose raw tables are there.

    Raises:
        AssertionError: `dbt build` failed; its message names the nodes.
    """
    with environment(SPARK_PORT=str(ports.thrift)):
        outcome = run_dbt(directory, ["build", "--target", "spark"])
    assert outcome.success, outcome.exception or failed_nodes(outcome)


def copy(opened: Any, view: str, target: duckdb.DuckDBPyConnection) -> None:
    """Copy the rows of a view, with their types, into a table of its name in `theirs`."""
    target.register("arrived", opened.table(f"analytics.{view}").toArrow())
    target.execute(f"create table theirs.{view} as from arrived")
    target.unregister("arrived")

"""The models, contracts, seeds and tests on Spark: the same views as on DuckDB, row by row."""

import duckdb
import pytest

from tests.dbt_project import VIEWS, copy_project
from tests.spark_warehouse import build, copy, load, session

pytestmark = pytest.mark.untraced


@pytest.fixture(scope="module")
def warehouse(spark_ports, tmp_path_factory):
    """A session of Spark where dbt has built and tested the sample."""
    pytest.importorskip("dbt.adapters.spark", reason="the extra dbt-spark is not installed")
    with session(spark_ports) as opened:
        load(opened)
        folder = copy_project(tmp_path_factory.mktemp("spark"))
        build(folder, spark_ports)
        yield opened
        for schema, *_ in opened.sql("show databases").collect():
            if schema == "raw" or schema.startswith("analytics"):
                opened.sql(f"drop database {schema} cascade")


def test_each_view_of_spark_has_the_rows_and_types_that_it_has_on_duckdb(warehouse, built):
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{built}' as ours (read_only)")
        connection.execute("create schema theirs")
        for view in VIEWS:
            copy(warehouse, view, connection)
            described = "select column_name, column_type from (describe {}.{})"
            ours, theirs = (
                connection.execute(described.format(place, view)).fetchall()
                for place in ("ours", "theirs")
            )
            assert theirs == ours, view
            for first, second in (("ours", "theirs"), ("theirs", "ours")):
                rows = f"from {first}.{view} except all from {second}.{view}"
                assert connection.execute(f"from ({rows}) limit 3").fetchall() == [], (view, first)

"""`sync --build` lets dbt build and test the views first, and sends nothing when that fails."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dbt_project import run_dbt
from tests.shop import Result, Shop
from tests.small_project import FILES, small_project


@pytest.fixture(scope="module")
def parsed(tmp_path_factory, sandbox_process) -> Path:
    """A project that dbt has read, which takes most of the time of the first build.

    The warehouse has no whole path: with another profile dbt would read a copy all anew.
    """
    shop = small_project(tmp_path_factory.mktemp("parsed"), sandbox_process)
    (shop.directory / "profiles.yml").write_text(FILES["profiles.yml"])
    assert run_dbt(shop.directory, ["parse"]).success
    return shop.directory


@pytest.fixture
def small(parsed, tmp_path, sandbox, monkeypatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop(shutil.copytree(parsed, tmp_path, dirs_exist_ok=True), sandbox)


def write(shop: Shop, name: str, text: str) -> None:
    (shop.directory / "models" / name).write_text(text)


def sync(shop: Shop, *arguments: str) -> Result:
    return shop.run("--profiles-dir", str(shop.directory), "sync", "--build", *arguments)


def test_a_project_that_was_never_built_is_built_and_sent(small):
    shutil.rmtree(small.directory / "target")
    result = sync(small, "--output", "json")
    summary = result.summary()  # so dbt printed nothing into it
    assert (result.code, summary["delivered"]) == (0, 5)
    assert result.err.splitlines()[0] == "building the views with dbt"
    assert small.sync()["requests"] == 0
    assert small.sql("select count(*) from orders") == [(5,)]  # dbt has released the warehouse


def test_a_failing_test_is_named_and_told_and_nothing_is_sent(small):
    write(
        small,
        "orders.sql",
        "select 'a' as order_id, 'b' as customer_id, 1.5 as total from range(2)",
    )
    metrics = small.directory / "connector.prom"
    result = sync(small, "--metrics-file", str(metrics))
    result.fails(2, "unique_orders_order_id", "nothing was sent", "dbt build --select +northbeam__")
    assert small.sandbox.counts()["requests"] == 0
    assert re.search(r"^connector_last_run_exit_code\{.*\} 2$", metrics.read_text(), re.MULTILINE)


def test_a_model_that_cannot_be_built_is_named_without_quoting_customers(small):
    write(
        small,
        "orders.sql",
        "{{ config(materialized='table') }} select cast('a@mail.example' as integer) as order_id",
    )
    result = sync(small)
    result.fails(2, "dbt's build failed", ": orders;")
    assert "mail.example" not in result.out + result.err


def test_what_dbt_cannot_read_is_told_in_its_own_words(small):
    write(small, "northbeam__orders.sql", "select * from {{ ref('order') }}")
    sync(small).fails(2, "depends on a node named 'order'", "nothing was sent")


def test_warnings_and_models_that_no_destination_needs_stop_nothing(small):
    path = small.directory / "models/models.yml"
    warns = "{unique: {config: {severity: warn}}}, {accepted_values: {arguments: {values: [x]}, "
    path.write_text(
        path.read_text().replace("[unique]", f"[{warns}config: {{severity: warn}}}}}}]")
    )
    write(small, "elsewhere.sql", "select 1 / 'x' as broken")
    write(
        small,
        "of_both.yml",
        "models: [{name: elsewhere, columns: [{name: broken, data_tests: "
        "[{relationships: {arguments: {to: ref('orders'), field: order_id}}}]}]}]",
    )
    assert sync(small, "northbeam").code == 0
    assert small.sandbox.counts()["orders"] == 5


def test_a_project_without_the_views_is_told_how_to_get_them(small):
    for name in ("northbeam__orders.sql", "northbeam__products.sql"):
        (small.directory / "models" / name).unlink()
    sync(small).fails(2, "none of northbeam__orders, northbeam__products", "connector init")


def test_a_warehouse_that_is_held_is_told(small):
    hold = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(small.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        sync(small).fails(5, "another process holds the warehouse", "try again")
        holder.stdin.close()


def test_without_dbt_the_way_out_is_told(small, monkeypatch):
    monkeypatch.setitem(sys.modules, "dbt.cli.main", None)
    sync(small).fails(2, "dbt is not installed here", "order-connector[dbt]")

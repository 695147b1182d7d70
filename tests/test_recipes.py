"""Recipes for common shops: built by dbt, synced, and compared with the expected result."""

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from tests import recipe_rows
from tests.dbt_project import LOOKED_AT, TESTED, UNWRITTEN, copy_project, failed_nodes, run_dbt
from tests.shop import Shop
from tests.test_right_money import CONFIG, DESTINATIONS, exact_orders, total

pytestmark = pytest.mark.untraced

WHOLE = "postgres_oms"  # the one of which every test of dbt runs without --long, too
RECIPES = Path(__file__).parents[1] / "recipes"


def project_of(recipe, directory):
    """Put the staging models of a recipe into a copy of the project, beside its raw rows."""
    copy_project(directory)
    staging = directory / "models/staging/oms"
    for path in (recipe / "staging").iterdir():
        shutil.copy(path, staging)
    for path in staging.glob("stg_*.yml"):
        path.write_text(path.read_text().partition("\nunit_tests:")[0] + "\n")
    (directory / "tests/dbt/oms/marts_equal_raw.sql").unlink()
    recipe_rows.load(recipe, directory / "oms.duckdb")


@pytest.fixture(scope="module", params=sorted(path.name for path in RECIPES.iterdir()))
def recipe(request, tmp_path_factory, sandbox_process):
    """A recipe's folder, its project, the outcome of `dbt build`, and the orders that arrived."""
    folder = RECIPES / request.param
    directory = tmp_path_factory.mktemp("recipe") / "project"
    project_of(folder, directory)
    whole = request.param == WHOLE or request.config.option.long
    built = run_dbt(directory, ["build", UNWRITTEN, *(TESTED if whole else LOOKED_AT)])
    assert built.success, built.exception or failed_nodes(built)
    sandbox_process.reset()
    shop = Shop(directory, sandbox_process)
    shop.write(CONFIG.format(url=sandbox_process.url))
    synced = shop.run("sync", "--allow-side-effects", "--output", "json")
    assert synced.code == 0, synced.err + synced.out
    arrived = {
        name: exact_orders(sandbox_process.at(name), key) for name, key in DESTINATIONS.items()
    }
    return folder, directory, built, arrived


def expected(folder):
    """The expected result of a recipe."""
    return yaml.safe_load((folder / "expected.yml").read_text())


def right(folder):
    """The facts of each order, with exact amounts."""
    return {
        order: {"fees": Decimal(0)}
        | {
            name: value if isinstance(value, str) else Decimal(str(value))
            for name, value in facts.items()
        }
        for order, facts in expected(folder)["orders"].items()
    }


def test_the_build_warns_of_what_is_odd_and_of_nothing_else(recipe):
    folder, _, built, _ = recipe
    warned = [each.node.name for each in built.result if each.status == "warn"]
    assert sorted(warned) == expected(folder)["warnings"]


def test_the_marts_say_what_is_right(recipe):
    folder, directory, _, _ = recipe
    with duckdb.connect(directory / "oms.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select order_id, currency, total_amount, tax_amount, shipping_amount, fee_amount,"
            " refunded_amount, lifecycle from main_marts.orders"
        ).fetchall()
    names = ("currency", "total", "tax", "shipping", "fees", "refunded", "lifecycle")
    found = {order: dict(zip(names, facts, strict=True)) for order, *facts in rows}
    assert found == right(folder)


def test_each_destination_holds_the_money(recipe):
    folder, _, _, arrived = recipe
    counted = {
        order: facts["total"] - facts["refunded"]
        for order, facts in right(folder).items()
        if facts["lifecycle"] not in {"cancelled", "draft"}
    }
    for name, field, back in (
        ("northbeam", "purchase_total", "refund_amount"),
        ("triple_whale", "order_revenue", "total_refund"),
        ("ometria", "grand_total", "refunded"),
    ):
        held = {
            order: entry[field] - total(entry.get("refunds", entry.get("lineitems", [])), back)
            for order, entry in arrived[name].items()
            if order in counted
        }
        assert held == counted, name
    yespo, ometria = arrived["yespo"], arrived["ometria"]
    assert {order: yespo[order]["totalCost"] for order in counted} == counted
    cancelled = right(folder).keys() - counted.keys()
    assert {yespo[order]["status"] for order in cancelled & yespo.keys()} <= {"CANCELLED"}
    assert not any(ometria[order]["is_valid"] for order in cancelled & ometria.keys())


def test_the_products_make_the_total(recipe):
    folder, _, _, arrived = recipe
    for order, entry in arrived["northbeam"].items():
        parts = total(entry["products"], "price", "quantity")
        parts += entry["tax"] + entry["shipping_cost"] + right(folder)[order]["fees"]
        assert abs(entry["purchase_total"] - parts) <= Decimal("0.01"), order


@pytest.mark.skipif(not recipe_rows.PSQL, reason="needs the binaries of PostgreSQL")
def test_a_server_and_duckdb_extract_the_same_rows(tmp_path):
    ways = {"postgres": recipe_rows.by_postgres, "duckdb": recipe_rows.by_duckdb}
    rows = {}
    for name, extract in ways.items():
        (tmp_path / name).mkdir()
        extract(RECIPES / "postgres_oms", tmp_path / name)
        with duckdb.connect() as connection:
            recipe_rows.load_files(connection, RECIPES / "postgres_oms", tmp_path / name)
            tables = connection.sql("from duckdb_tables() select table_name").fetchall()
            rows[name] = {
                table: connection.sql(f"from shop.{table} order by all").fetchall()
                for (table,) in tables
            }
    assert len(rows["duckdb"]) == 7
    assert rows["postgres"] == rows["duckdb"]


def test_a_model_without_described_columns_is_told_what_to_write(recipe):
    _, directory, _, _ = recipe
    path = directory / "models/staging/oms/base_oms__bare.sql"
    path.write_text("select 1 as one")
    outcome = run_dbt(directory, ["run", "--select", "base_oms__bare", UNWRITTEN])
    path.unlink()
    assert "base_oms__bare has no columns in a YAML file" in failed_nodes(outcome)[0]
    assert "config(contract={'enforced': false})" in failed_nodes(outcome)[0]

"""A brand that has only what is needed builds, and its order arrives."""

import re

import duckdb
import pytest
import yaml

from tests.dbt_project import LOOKED_AT, TESTED, UNWRITTEN, copy_project, failed_nodes, run_dbt
from tests.shop import Shop
from tests.test_right_money import CONFIG

NO_SHOP = ["--vars", "{shop_url: null}"]  # with other variables dbt would parse all anew
TABLES = {
    "orders": """
        select 'A' as order_id, 'ann@shop.example' as guest_email, 'EUR' as currency,
            0 as discount_amount, 5 as shipping_amount, 4 as tax_amount, 29 as total_amount,
            timestamp '2026-03-01 10:00' as ordered_at, timestamp '2026-03-01 10:00' as updated_at
    """,
    "order_lines": """
        select 1 as order_line_id, 'A' as order_id, 'P' as product_id, 2 as quantity,
            10 as unit_price, 0 as discount_amount, 4 as tax_amount
    """,
    "products": "select 'P' as product_id, 'Pot' as product_name, 'goods' as product_type",
}


@pytest.fixture(scope="module")
def brand(tmp_path_factory):
    """A project whose raw tables and staging models have only the required columns."""
    directory = copy_project(tmp_path_factory.mktemp("needed") / "brand")
    (directory / "tests/dbt/oms/marts_equal_raw.sql").unlink()
    with duckdb.connect(directory / "oms.duckdb") as connection:
        connection.execute("create schema raw")
        for name, sql in TABLES.items():
            connection.execute(f"create table raw.{name} as {sql}")
    staging = directory / "models/staging/oms"
    for path in staging.glob("stg_*.yml"):
        (model,) = yaml.safe_load(path.read_text())["models"]
        columns = {each["name"]: each["data_type"] for each in model["columns"]}
        needed = {each["name"] for each in model["columns"] if each.get("config")}
        sql = staged(model["name"].removeprefix("stg_oms__"), columns, needed)
        (staging / f"{model['name']}.sql").write_text(sql)
    return directory


def staged(table, columns, needed):
    """Write a staging model with the columns of the raw table, and untyped nulls for the rest."""
    raw = set(re.findall(r"as (\w+)", TABLES.get(table, "")))
    assert not raw or needed <= raw, needed - raw
    columns = [
        f"cast({name} as {kind}) as {name}" if name in raw else f"cast(null as varchar) as {name}"
        for name, kind in columns.items()
    ]
    source = f"from {{{{ source('oms', '{table}') }}}}" if raw else "where false"
    return f"select {', '.join(columns)} {source}"


def test_a_brand_without_anything_optional_builds_and_its_order_arrives(request, brand, sandbox):
    """All that is optional is `cast(null as varchar)`, whatever type the contract has."""
    chosen = TESTED if request.config.option.long else LOOKED_AT
    outcome = run_dbt(brand, ["build", *NO_SHOP, UNWRITTEN, *chosen])
    assert outcome.success, outcome.exception or failed_nodes(outcome)
    with duckdb.connect(brand / "oms.duckdb", read_only=True) as connection:

        def ask(sql):
            return connection.execute(sql).fetchall()

        assert ask("select order_tags, purchase_total from northbeam__orders") == [([], 29)]
        products = ask("select id, name, quantity, price from northbeam__products")
        assert products == [("P", "Pot", 2, 10)]
        assert ask('select url, "imageUrl" from yespo__items') == [(None, None)]
        assert ask("select status, source from yespo__orders") == [("INITIALIZED", None)]
        assert ask("select tags from triple_whale__orders") == [(None,)]
    shop = Shop(brand, sandbox)
    shop.write(CONFIG.format(url=sandbox.url))
    synced = shop.run("sync", "--allow-side-effects", "--output", "json")
    assert [each["delivered"] for each in synced.json()] == [1, 1, 1, 1], synced.out
    names = ("northbeam", "triple_whale", "yespo")
    (northbeam,), (triple_whale,), (yespo,) = (sandbox.at(name).orders() for name in names)
    assert (northbeam["purchase_total"], northbeam["tax"], northbeam["shipping_cost"]) == (29, 4, 5)
    assert (triple_whale["order_revenue"], triple_whale["taxes_included"]) == (29, False)
    assert (yespo["externalOrderId"], yespo["totalCost"]) == ("A", 29)
    assert "items" not in yespo
    told = {
        each["rule"]: each["severity"]
        for each in shop.run("validate", "yespo", "--output", "json").json()
    }
    assert told["items.url.required"] == told["items.imageUrl.required"] == "warning"


def test_a_column_with_values_of_another_type_is_told_where_it_was_edited(brand):
    model = brand / "models/staging/oms/stg_oms__products.sql"
    model.write_text(
        model.read_text().replace("cast(null as varchar) as category", "7 as category")
    )
    outcome = run_dbt(brand, ["run", "--select", "stg_oms__products", *NO_SHOP, UNWRITTEN])
    (message,) = (each.message for each in outcome.result if each.node.resource_type == "model")
    assert "category" in message
    assert "contract" in message

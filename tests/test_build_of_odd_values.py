"""No value of an order fails a build; odd ones are counted, and `validate` reports them."""

import re
import shutil

import duckdb
import pytest
import yaml

from tests.dbt_project import UNWRITTEN, copy_project, failed_nodes, run_dbt
from tests.shop import Shop
from tests.test_right_money import CONFIG

NO_SHOP = ["--vars", "{shop_url: null}"]  # with other variables dbt would parse all anew
# Unit tests bring rows of their own, and ran when the sample was built.
BUILD = ["build", "--exclude-resource-type", "unit_test"]
THE = "(select order_id from (select distinct order_id from raw.orders) order by 1 limit 1 offset "
ORDERS = [  # what is odd about the orders of the sample, one after the other
    "status = 'lost in the post'",
    "status = null, channel = null",
    "channel = 'carrier pigeon', currency = 'gbp '",
    "currency = null",
    "total_amount = null, tax_amount = null",
    "discount_amount = null, shipping_amount = null",
    "total_amount = -5, tax_amount = -1, shipping_amount = -2",
    "customer_id = '', guest_email = 'a@b@c', shipping_address_id = 99999999",
    "created_at = timestamp '1900-01-01'",
    "created_at = null",
    "updated_at = null",
    "subscription_id = 'S1, S2'",
    "subscription_id = 'S1'",
    "subscription_id = 'S1'",
    "total_amount = 1.23",
    "status = 'on-loan', total_amount = 9999999999999.99",
]
LINES = [  # and about the lines of those after them
    "quantity = null",
    "unit_price = null",
    "product_id = null",
    "product_id = 'no such'",
    "discount_amount = null, tax_amount = null",
    "quantity = 0",
    "quantity = -3",
    "quantity = 99999, unit_price = 99999.99",
    "order_id = 'no such'",
]
REFUND_LINES = [  # and about lines of refunds, the last ones first
    "refund_id = 'no such'",
    "product_id = null, quantity = null",
    "amount = null, tax_amount = null, overhead_cost = null",
    "amount = -99.99, quantity = -5",
]
ELSEWHERE = """
    update raw.products set product_type = 'Kitchen' where product_id = '22423';
    update raw.products set product_type = null, name = ' ' where product_id = '85123A';
    update raw.refunds set order_id = 'no such'
    where refund_id = (select min(refund_id) from raw.refunds);
    update raw.refunds set created_at = null, updated_at = null
    where refund_id = (select max(refund_id) from raw.refunds);
    update raw.order_discounts set code = null, amount = null
    where order_discount_id = (select min(order_discount_id) from raw.order_discounts);
    update raw.order_discounts set amount = 99999
    where order_discount_id = (select max(order_discount_id) from raw.order_discounts);
    update raw.order_tags set tag = null
    where order_id = (select min(order_id) from raw.order_tags);
    update raw.pixel_purchase_events set occurred_at = null
    where pixel_event_id = (select min(pixel_event_id) from raw.pixel_purchase_events);
    update raw.pixel_purchase_events set occurred_at = timestamp '1990-01-01'
    where pixel_event_id = (select max(pixel_event_id) from raw.pixel_purchase_events);
    update raw.subscriptions set started_at = timestamp '2001-01-01', status = 'paused'
    where subscription_id = (select min(subscription_id) from raw.subscriptions);
    update raw.addresses set country = null, zip = ''
    where address_id = (select min(address_id) from raw.addresses);
    update raw.customers set email = 'NaN', phone = '+'
    where customer_id = (select min(customer_id) from raw.customers);
"""


FEW = """
    delete from raw.orders where order_id not in
        (select distinct order_id from raw.orders order by order_id limit 1000);
    delete from raw.order_lines where order_id not in (select order_id from raw.orders);
    delete from raw.order_discounts where order_id not in (select order_id from raw.orders);
    delete from raw.order_tags where order_id not in (select order_id from raw.orders);
    delete from raw.refunds where order_id not in (select order_id from raw.orders);
    delete from raw.refund_lines where refund_id not in (select refund_id from raw.refunds);
"""


def make_odd(path):
    """Keep a thousand orders of the sample, and give each of some of them one odd value."""
    with duckdb.connect(path) as connection:
        connection.execute(FEW)
        for number, change in enumerate(ORDERS):
            connection.execute(f"update raw.orders set {change} where order_id = {THE} {number})")
        for number, change in enumerate(LINES, start=len(ORDERS)):
            sql = f"update raw.order_lines set {change} where order_id = {THE} {number})"
            connection.execute(sql)
        last = "select refund_line_id from raw.refund_lines order by 1 desc limit 4"
        for (line,), change in zip(connection.execute(last).fetchall(), REFUND_LINES, strict=True):
            sql = f"update raw.refund_lines set {change} where refund_line_id = {line}"
            connection.execute(sql)
        connection.execute(ELSEWHERE)


def test_odd_values_end_no_build_and_validate_tells_of_them(built, tmp_path, sandbox_process):
    shop = Shop(shutil.copytree(built.parent, tmp_path / "project"), sandbox_process)
    shop.configure()
    make_odd(shop.warehouse)
    # The seeds stand in the copy already, and dbt would look for their files in the first project.
    outcome = run_dbt(shop.directory, [*BUILD, "--exclude-resource-type", "seed"], "info")
    assert outcome.success, failed_nodes(outcome)
    warned = {r.node.name: r.failures for r in outcome.result if r.status == "warn"}
    known = {"order_status_is_known": 3, "channel_is_known": 2, "order_has_one_subscription": 1}
    assert known.items() <= warned.items()
    log = (shop.directory / "logs/dbt.log").read_text()
    assert "order_status_is_known found lost in the post: 1 order, on-loan: 1 order" in log
    told = shop.run("validate", "northbeam")
    assert "lost in the post (1), on-loan (1), (none) (1)" in told.out
    for name, failures in warned.items():
        assert re.search(rf"warning +{failures:,}  {name}\n", told.out), name


# A brand that has only what is needed.

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


def test_a_brand_without_anything_optional_builds_and_its_order_arrives(brand, sandbox):
    """All that is optional is `cast(null as varchar)`, whatever type the contract has."""
    outcome = run_dbt(brand, [*BUILD, *NO_SHOP, UNWRITTEN])
    assert outcome.success, outcome.exception or failed_nodes(outcome)
    with duckdb.connect(brand / "oms.duckdb", read_only=True) as connection:

        def ask(sql):
            return connection.execute(sql).fetchall()

        assert ask("select order_tags, purchase_total from northbeam__orders") == [([], 29)]
        assert ask("select id, name, quantity, price from northbeam__products") == [
            ("P", "Pot", 2, 10)
        ]
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

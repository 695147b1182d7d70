"""The sample's cancelled orders, from the marts to the sandbox: their money is 0 everywhere."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tests.sandbox_process import Sandbox
from tests.shop import Shop

pytestmark = pytest.mark.untraced

PATHS = {
    "northbeam": ("/v2/orders", "order_id", "purchase_total"),
    "triple_whale": ("/api/v2/data-in/bulk-orders", "order_id", "order_revenue"),
    "yespo": ("/api/v1/orders", "externalOrderId", "totalCost"),
}
NOTHING = "('cancelled', 'failed', 'draft', 'abandoned', 'not_an_order')"


@pytest.fixture
def shop(project: Path, sandbox: Sandbox) -> Shop:
    """The first days of the built sample, with every tenth order cancelled."""
    shop = Shop(project, sandbox)
    shop.sql("delete from main_marts.orders where ordered_at > timestamptz '2010-12-03'")
    kept = "select order_id from main_marts.orders"
    for (table,) in shop.sql(
        "select concat(schema_name, '.', table_name) from duckdb_tables() "
        "semi join (from duckdb_columns() where column_name = 'order_id') using (table_oid) "
        "where schema_name in ('main_intermediate', 'main_marts')"
    ):
        shop.sql(f"delete from {table} where order_id not in ({kept})")
    cancel(shop, "hash(order_id) % 10 = 0 and order_id <> '536365'")
    destinations = {
        name: {"environment": "local", "url": sandbox.url + path, "api_key": variable(name)}
        for name, (path, _, _) in PATHS.items()
    }
    destinations["northbeam"]["client_id"] = "${NORTHBEAM_CLIENT_ID}"
    destinations["triple_whale"]["shop"] = "gifts.example"
    shop.write(yaml.safe_dump({"destinations": destinations}))
    return shop


def variable(name: str) -> str:
    return f"${{{name.upper()}_API_KEY}}"


def cancel(shop: Shop, which: str) -> None:
    shop.sql(f"update main_marts.orders set lifecycle = 'cancelled' where {which}")


def summaries(shop: Shop) -> dict[str, dict]:
    result = shop.run("sync", "--output", "json", "--allow-side-effects", "--yes")
    assert result.code in (0, 1), result.err
    return {each["destination"]: each for each in result.json()}


def counting(shop: Shop, name: str) -> dict[str, Decimal]:
    """The totals of orders at a destination, without orders that do not count there."""
    _, key, amount = PATHS[name]
    sandbox = shop.sandbox.at(name)
    live = sandbox.live_records() if name == "triple_whale" else None
    return {
        order[key]: Decimal(str(order[amount]))
        for order in sandbox.orders()
        if order[amount] and order.get("status") != "CANCELLED"
        if live is None or live.get(order[key])
    }


def revenue(shop: Shop, name: str) -> Decimal:
    """The total at the destination, in any currency."""
    return sum(map(Decimal, shop.sandbox.at(name).counts()["revenue"].values()), Decimal(0))


def test_the_money_of_cancelled_orders_is_nothing_at_each_destination(shop):
    first = summaries(shop)
    cancelled = {
        row[0]
        for row in shop.sql(f"select order_id from main_marts.orders where lifecycle in {NOTHING}")
    }
    assert len(cancelled) > 5
    before = {name: counting(shop, name) for name in PATHS}
    for name in PATHS:
        assert not before[name].keys() & cancelled, name
        assert before[name]["536365"] > 139, name
        assert (first[name]["not_sent"] > 0) == (name != "yespo")
        assert revenue(shop, name) == sum(before[name].values())
    cancel(shop, "order_id = '536365'")
    second = summaries(shop)
    for name in PATHS:
        after = counting(shop, name)
        assert before[name].keys() - after.keys() == {"536365"}, name
        assert revenue(shop, name) == sum(after.values())
        assert second[name]["taken_back"] == (0 if name == "yespo" else 1)
    assert {each["requests"] for each in summaries(shop).values()} == {0}

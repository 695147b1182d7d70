"""Every guard at every destination, in new, small and large shops."""

from collections.abc import Iterator
from math import ceil

import pytest

from connector.compile import quote
from tests.conformance.examples import CONTRACTS, examples
from tests.conformance.shop import PLAIN, DestinationShop, plant
from tests.sandbox_process import sandbox

pytestmark = pytest.mark.untraced

SIZES = (60, 1500, 100_000)
OTHER = {"northbeam": "tax", "triple_whale": "shipping_price", "yespo": "taxes"}  # no x-amount
LISTS = {"northbeam": "refunds", "triple_whale": "refunds", "yespo": "items"}
# How many of so many delivered orders may change, change their amount, or be gone.
MOST = {60: (30, 20, 12), 1500: (750, 75, 75), 100_000: (30_000, 5_000, 5_000)}


@pytest.fixture(scope="module", params=OTHER)
def shop(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[DestinationShop]:
    contract = CONTRACTS[request.param]
    secrets = plant(contract)
    options = [f"--setting={name}={secrets.get(name, PLAIN)}" for name in contract.settings]
    with sandbox(*options) as running:
        directory = tmp_path_factory.mktemp(contract.destination)
        made = DestinationShop(directory, running.at(contract.destination), examples(contract))
        made.make()
        made.configure()
        yield made


def told(shop: DestinationShop, sql: str, **values) -> list[str]:
    """The alerts of a plan after a change of the views, which is reverted."""
    shop.sql(sql, **values)
    plan = shop.plan("--allow-side-effects")
    kinds = [alert["kind"] for alert in plan["alerts"]]
    assert plan["exit_code"] == (6 if kinds else 0)
    shop.sql(shop.of_each("delete from {view}; insert into {view} from saved.{view};"))
    return kinds


def of_first(shop: DestinationShop, change: str, orders: int) -> str:
    """Statements that change the first orders in every view that has the columns."""
    return shop.of_each(change + f" where {{key}} < '{shop.key(orders)}';")


def raised(shop: DestinationShop, column: str | None, how: str = "+ 0.01") -> str:
    """A statement that raises a column of the orders before the last."""
    orders, key = shop.view(shop.contract.orders.name), quote(shop.contract.key)
    name = quote(str(column))
    return f"update {orders} set {name} = {name} {how} where {key} < $last"


def load(shop: DestinationShop, size: int) -> None:
    """Deliver this many orders, after a trial of a few, and save the views."""
    shop.forget()
    shop.orders(0, size)
    shop.sync("--limit", "20")
    assert shop.sync()["pending"] == 0
    shop.sql(
        "drop schema if exists saved cascade; create schema saved;"
        + shop.of_each("create table saved.{view} as from {view};")
    )


@pytest.mark.parametrize("size", SIZES)
def test_each_guard_stops_one_plan_and_lets_another_pass(shop, size, request):
    if not request.config.getoption("--long"):
        if size != SIZES[0]:
            pytest.skip("more orders are loaded with --long")
        if shop.name == "northbeam":
            pytest.skip("tests/test_guards.py stops orders of Northbeam in each way")
    load(shop, size)
    changed, amounts, gone = MOST[size]
    renamed, key = ceil(size / 2), quote(shop.contract.key)
    other, amount = raised(shop, OTHER[shop.name]), raised(shop, shop.contract.amount)
    remove = of_first(shop, "delete from {view}", gone)
    emptied = f"delete from {shop.view(LISTS[shop.name])}"
    shop.sql(other, last=shop.key(changed))
    shop.sql(amount, last=shop.key(amounts))
    assert told(shop, f"{emptied} where {key} < $last", last=shop.key(gone)) == []
    assert told(shop, remove) == []
    assert told(shop, other, last=shop.key(changed + 1)) == ["resend"]
    assert told(shop, amount, last=shop.key(amounts + 1)) == ["amounts"]
    dearer = raised(shop, shop.contract.amount, "* $times")
    assert told(shop, dearer, last=shop.key(4), times=size) == []
    assert told(shop, dearer, last=shop.key(5), times=size) == ["amounts"]
    assert told(shop, of_first(shop, "delete from {view}", gone + 1)) == ["gone"]
    rename = of_first(shop, "update {view} set {key} = 'shop-' || {key}", renamed)
    assert told(shop, rename) == ["gone"]
    assert "emptied" in told(shop, emptied)
    copies = shop.of_each(
        "insert into {view} select saved.* replace ('copy-' || number || '-' || {key} as {key}) "
        "from saved.{view} as saved, range(2) as numbers (number);"
    )
    assert told(shop, copies) == (["added"] if size >= 1000 else [])


def test_many_cancelled_orders_at_once_stop_the_plan(shop):
    """One wrong row among the statuses must not take back a year of orders."""
    if shop.contract.lifecycle.sent_as:
        pytest.skip("a cancelled order is sent as any other, by a status of its own")
    load(shop, SIZES[0])
    orders, key = shop.view(shop.contract.orders.name), quote(shop.contract.key)
    cancel = f"update {orders} set _lifecycle = 'cancelled' where {key} < $last"
    assert told(shop, cancel, last=shop.key(12)) == []
    assert told(shop, cancel, last=shop.key(13)) == ["amounts", "withdrawn"]

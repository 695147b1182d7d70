"""From raw rows to what arrives: the money of odd orders is the same at every destination.

No value of an order fails a build; odd ones are counted, and `validate` reports them.
"""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tests import odd_orders
from tests.dbt_project import TESTED, failed_nodes, run_dbt
from tests.shop import Shop

pytestmark = pytest.mark.untraced

CONFIG = """
ledger: .connector/ledger.duckdb
warehouse: {{path: oms.duckdb}}
destinations:
  northbeam:
    url: {url}/v2/orders
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
  triple_whale:
    url: {url}/api/v2/data-in/bulk-orders
    shop: gifts.example
    api_key: ${{TRIPLE_WHALE_API_KEY}}
  yespo:
    url: {url}/api/v1/orders
    api_key: ${{YESPO_API_KEY}}
  ometria:
    url: {url}/v2/push
    api_key: ${{OMETRIA_API_KEY}}
"""
OTHERS: dict[str, list[odd_orders.Row]] = {
    "customers": [{"customer_id": "77", "email": "ann@shop.example", "first_name": "Ann"}],
    "products": [
        {"product_id": "P", "name": "Pot", "product_type": "goods"},
        {"product_id": "TEA", "name": "Tea", "product_type": "Loose leaf"},
        {"product_id": "POST", "name": "Postage", "product_type": "carriage"},
        {"product_id": "FEE", "name": "Handling", "product_type": "fee"},
        {"product_id": "NEW", "name": "New pot", "product_type": "goods"},
    ],
}
ORDERS = yaml.safe_load(Path(__file__).with_name("odd_orders.yml").read_text())
DESTINATIONS = {"northbeam": "order_id", "triple_whale": "order_id", "yespo": "externalOrderId"}
DESTINATIONS |= {"ometria": "id"}


def exact_orders(sandbox, key):
    """The orders that a destination holds, by id, with exact amounts."""
    texts = sandbox.texts()
    parsed = (json.loads(text, parse_float=Decimal, parse_int=Decimal) for text in texts)
    return {order[key]: order for order in parsed}


@pytest.fixture(scope="module")
def odd(tmp_path_factory, sandbox_process):
    """A shop of the odd orders and the odd values, and the outcome of `dbt build`."""
    directory = tmp_path_factory.mktemp("odd") / "project"
    odd_orders.prepare(directory, ORDERS, OTHERS)
    shop = Shop(directory, sandbox_process)
    shop.write(CONFIG.format(url=sandbox_process.url))
    return shop, run_dbt(directory, ["build", *TESTED], "info")


@pytest.fixture(scope="module")
def arrived(odd):
    """The odd orders that each destination holds, and the rules that `validate` reports of them."""
    shop, built = odd
    assert built.success, built.exception or failed_nodes(built)
    shop.sandbox.reset()
    synced = shop.run("sync", "--allow-side-effects", "--output", "json")
    assert synced.code == 1, synced.err + synced.out
    held = {}
    for name, key in DESTINATIONS.items():
        orders = exact_orders(shop.sandbox.at(name), key)
        told = shop.run("validate", name, "--output", "json").json()
        held[name] = {order_id: orders[order_id] for order_id in orders if order_id in ORDERS}
        rules = {(each["order_id"], each["rule"]) for each in told}
        held[name, "rules"] = {(order_id, rule) for order_id, rule in rules if order_id in ORDERS}
    return held


def test_odd_values_end_no_build_and_validate_tells_of_them(odd):
    shop, outcome = odd
    assert outcome.success, outcome.exception or failed_nodes(outcome)
    warned = {r.node.name: r.failures for r in outcome.result if r.status == "warn"}
    known = {"order_status_is_known": 3, "channel_is_known": 2, "order_has_one_subscription": 1}
    assert known.items() <= warned.items()
    log = (shop.directory / "logs/dbt.log").read_text()
    assert "order_status_is_known found lost in the post: 1 order, on-loan: 1 order" in log
    told = shop.run("validate", "northbeam")
    assert "lost in the post (1), on-loan (1), (none) (1)" in told.out
    for name, failures in warned.items():
        assert re.search(rf"warning +{failures:,}  {name}\n", told.out), name


def total(entries, *names):
    """The sum of the products of these members."""
    amounts = (entry[names[0]] * (entry[names[1]] if len(names) > 1 else 1) for entry in entries)
    return sum(amounts, Decimal(0))


def test_what_is_kept_of_each_order_is_the_same_everywhere(arrived):
    kept = {name: Decimal(order["kept"]) for name, order in ORDERS.items()}
    assert {
        name: order["purchase_total"] - total(order.get("refunds", []), "refund_amount")
        for name, order in arrived["northbeam"].items()
    } == kept
    assert {
        name: order["order_revenue"] - total(order.get("refunds", []), "total_refund")
        for name, order in arrived["triple_whale"].items()
    } == kept
    assert {
        name: order["grand_total"] - total(order["lineitems"], "refunded")
        for name, order in arrived["ometria"].items()
    } == kept
    assert {name: order["totalCost"] for name, order in arrived["yespo"].items()} == {
        name: max(amount, Decimal(0)) for name, amount in kept.items()
    }


def test_only_what_is_wrong_is_told(arrived):
    found = {name: arrived[name, "rules"] for name in DESTINATIONS}
    assert found == {
        "northbeam": {
            ("refunded-without-a-refund", "refunds.is_written_down"),
            ("more-than-was-paid", "refunds.total_is_at_most_the_purchase_total"),
        },
        "triple_whale": {
            ("refunded-without-a-refund", "refunds.is_written_down"),
            ("more-than-was-paid", "refunds.total_is_at_most_the_revenue"),
            ("part-of-a-unit", "line_items.quantity.is_whole"),
        },
        "ometria": {
            ("refunded-without-a-refund", "grand_total.refund_is_written_down"),
        },
        "yespo": {
            ("refunded-without-a-refund", "totalCost.refund_is_written_down"),
            ("more-than-was-paid", "totalCost.refunds_are_at_most_what_was_paid"),
        },
    }


def test_products_taxes_shipping_and_fees_make_the_total(arrived):
    for name, order in arrived["northbeam"].items():
        parts = total(order["products"], "price", "quantity")
        parts += order["tax"] + order["shipping_cost"]
        fees = Decimal(5 if name == "with-fees" else 0)
        assert order["purchase_total"] == parts + fees, name


def test_quantities_prices_and_names_arrive(arrived):
    northbeam, triple_whale = arrived["northbeam"], arrived["triple_whale"]
    assert northbeam["part-of-a-unit"]["products"][0]["quantity"] == Decimal("0.3")
    piece = triple_whale["part-of-a-unit"]["line_items"][0]
    assert (piece["quantity"], piece["price"]) == (1, 3)
    assert [each["price"] for each in northbeam["in-yen"]["products"]] == [67, 66]
    assert northbeam["tax-included"]["products"][0]["price"] == Decimal("0.825")
    assert northbeam["tax-included"]["shipping_cost"] == 5
    assert triple_whale["tax-included"]["taxes_included"] is True
    assert northbeam["shipping-coupon"]["products"][0]["price"] == 20
    assert northbeam["shipping-coupon"]["shipping_cost"] == 0
    assert [each["name"] for each in northbeam["odd-lines"]["products"]] == [
        "Old pot",
        "Tip",
        "Tea",
    ]
    assert [each["name"] for each in arrived["yespo"]["carriage-alone"]["items"]] == ["Postage"]
    assert northbeam["carriage-alone"]["shipping_cost"] == 0
    assert triple_whale["blank-identifiers"]["customer"]["id"] == "77"
    assert "subscription_id" not in triple_whale["blank-identifiers"]
    told = triple_whale["all-that-can-be-told"]
    assert told["payment_gateway_names"] == ["card", "paypal"]
    assert (told["shipping_costs"], told["custom_expenses"]) == (Decimal("3.1"), Decimal("0.4"))
    told = arrived["yespo"]["all-that-can-be-told"]
    assert (told["paymentMethod"], told["deliveryMethod"], told["storeId"]) == (
        "paypal, card",
        "courier",
        "S1",
    )


def test_refunds_find_their_lines(arrived):
    def lines(name):
        order = arrived["triple_whale"][name]
        places = {line["id"]: number for number, line in enumerate(order["line_items"])}
        return [
            [
                (places[back["line_item_id"]], back["quantity"], back["price"])
                for back in refund.get("line_items", [])
            ]
            for refund in order["refunds"]
        ]

    assert lines("two-lines-and-two-refunds") == [[(0, 1, 10)], [(1, 1, 10)]]
    assert lines("one-refund-of-two-units") == [[(0, 1, 10), (1, 1, 10)]]
    assert lines("refund-by-price") == [[(1, 1, 5)]]
    assert lines("refund-of-a-named-line") == [[(1, 1, 10)]]
    assert lines("more-units-than-were-sold") == [[(0, 2, 5)]]
    assert lines("refunded-without-a-refund") == [[(0, 2, 10)]]
    assert lines("refund-of-an-amount") == lines("refund-without-a-product") == [[]]
    (refund,) = arrived["triple_whale"]["refund-of-shipping"]["refunds"]
    assert (refund["total_shipping_refund"], refund["total_tax_refund"]) == (4, 1)
    (refund,) = arrived["northbeam"]["refunded-without-a-refund"]["refunds"]
    assert (refund["quantity"], refund["refund_made_at"]) == (2, "2026-03-09T10:00:00Z")
    (refund,) = arrived["northbeam"]["refund-of-shipping"]["refunds"]
    assert (refund["product_id"], refund["quantity"], refund["refund_amount"]) == ("P", 0, 5)

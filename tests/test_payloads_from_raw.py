"""All valid orders of the sample reach Northbeam, field by field as computed without SQL."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.destinations import contracts
from tests import orders_from_raw
from tests.expected_payloads import broken_rules_of
from tests.sandbox_process import Sandbox
from tests.shop import Result, Shop
from tests.vendor_schemas import refused

pytestmark = pytest.mark.untraced

NORTHBEAM = contracts()["northbeam"]
SEVERITY = {rule.rule: rule.severity for rule in NORTHBEAM.rules}
NO_POSTAL_CODE = "customer_shipping_address.zip.required"  # the address is left out
VALID, INVALID, CANCELLED = 12_896, 0, 81
ORDERS_BY_BROKEN_RULE = {
    "refunds.total_is_at_most_the_purchase_total": 5,
    "customer_shipping_address.is_complete": 492,
    NO_POSTAL_CODE: 282,
    "customer_email.is_known": 670,
    "customer_email.or_phone_is_known": 670,
}
Orders = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Expected:
    """Every order that counts, and the rules that each one breaks."""

    orders: Orders
    broken: Mapping[str, set[str]]

    @property
    def valid(self) -> Orders:
        return {
            key: order
            for key, order in self.orders.items()
            if not any(map(is_error, self.broken[key]))
        }


def is_error(rule: str) -> bool:
    return rule != NO_POSTAL_CODE and SEVERITY.get(rule, "error") == "error"


@pytest.fixture(scope="module")
def expected() -> Expected:
    raw = orders_from_raw.read()
    counted = [row for row in raw.orders if row["status"] != "cancelled"]
    orders = {row["order_id"]: orders_from_raw.payload(raw, row) for row in counted}
    across = orders_from_raw.broken_across_fields
    rows = {row["order_id"]: row for row in raw.orders}
    broken = {
        key: broken_rules_of(NORTHBEAM, order) | across(raw, rows[key], order)
        for key, order in orders.items()
    }
    return Expected(orders, broken)


@dataclass(frozen=True)
class Delivered:
    """What a sync of the built project left in the sandbox, and what the connector said."""

    orders: Orders
    counts: dict[str, Any]
    summary: dict[str, Any]
    validated: Result


@pytest.fixture(scope="module")
def delivered(
    built: Path, tmp_path_factory: pytest.TempPathFactory, sandbox_process: Sandbox
) -> Iterator[Delivered]:
    sandbox_process.reset()
    shop = Shop(
        shutil.copytree(built.parent, tmp_path_factory.mktemp("raw") / "project"), sandbox_process
    )
    shop.configure()
    summary = shop.sync("northbeam")
    orders = [json.loads(text, parse_float=Decimal) for text in sandbox_process.texts()]
    return Delivered(
        {order["order_id"]: order for order in orders},
        sandbox_process.counts(),
        summary,
        shop.run("validate", "northbeam", "--output", "json"),
    )


def test_the_sandbox_holds_every_valid_order_field_for_field(delivered, expected):
    assert set(delivered.orders) == set(expected.valid)
    different = {
        key: (order, expected.orders[key])
        for key, order in delivered.orders.items()
        if order != expected.orders[key]
    }
    assert not different, next(iter(different.values()))


def test_the_published_schema_refuses_none_of_the_orders_that_were_sent(delivered):
    assert len(delivered.orders) == VALID
    assert list(refused(NORTHBEAM, list(delivered.orders.values()))) == []


def test_so_many_orders_are_valid(delivered, expected):
    assert len(expected.orders) == VALID + INVALID
    assert len(expected.valid) == VALID
    numbers = ("orders", "delivered", "invalid", "not_sent", "refused", "pending")
    every = VALID + INVALID + CANCELLED
    found = [delivered.summary[name] for name in numbers]
    assert found == [every, VALID, INVALID, CANCELLED, 0, 0]


def test_so_many_orders_break_each_rule(expected):
    assert Counter(rule for rules in expected.broken.values() for rule in rules) == (
        ORDERS_BY_BROKEN_RULE
    )


def test_validate_names_the_rules_that_each_order_breaks(delivered, expected):
    found: dict[str, set[str]] = {}
    for violation in delivered.validated.json():
        found.setdefault(violation["order_id"], set()).add(violation["rule"])
    assert found == {key: rules for key, rules in expected.broken.items() if rules}


def test_revenue_is_equal_to_the_cent_in_each_currency(delivered, expected):
    revenue: dict[str, Decimal] = {}
    for order in expected.valid.values():
        currency = order["currency"]
        revenue[currency] = revenue.get(currency, Decimal(0)) + order["purchase_total"]
    assert {name: Decimal(text) for name, text in delivered.counts["revenue"].items()} == revenue


@pytest.mark.parametrize("entity", ["products", "refunds", "alternate_order_ids"])
def test_nothing_of_a_list_is_lost(entity, delivered, expected):
    number = sum(len(order.get(entity, [])) for order in expected.valid.values())
    assert delivered.counts[entity] == number > 0

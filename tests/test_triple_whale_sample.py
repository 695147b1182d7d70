"""Every order of the sample that counts reaches Triple Whale as computed without SQL."""

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from connector.destinations import contracts
from connector.engine.engine import engine
from connector.plan.plan import Planner
from connector.source.project import Warehouse
from tests import orders_from_raw
from tests.expected_payloads import broken_rules_of, validator
from tests.generated_orders import attach_new_ledger, destination
from tests.triple_whale_from_raw import payload
from tests.vendor_schemas import refused

pytestmark = pytest.mark.untraced

TRIPLE_WHALE = contracts()["triple_whale"]
ORDERS_BY_BROKEN_RULE = {
    "customer.email.or_phone": 670,
    "refunds.total_is_at_most_the_revenue": 5,
}
VENDORS_EXAMPLE = """
{"order_id":"HB-20417","platform":"harbor-oms","platform_account_id":"harbor-us",
"created_at":"2026-03-14T23:42:07Z","updated_at":"2026-03-20T09:00:05Z","currency":"USD",
"order_revenue":86.40,"total_discounts":8.00,"taxes":6.40,"taxes_included":false,
"shipping_price":8.00,"status":"completed","source_name":"web",
"customer":{"id":"cust-8841","email":"olena@harbor.example","first_name":"Olena"},
"discount_codes":[{"code":"SPRING8","amount":8.00,"type":"fixed_amount"}],
"line_items":[{"id":"HB-20417-1","product_id":"TEA-01","variant_id":"TEA-01-250G",
"name":"Harbor Tea","quantity":2,"price":40.00,"sku":"TEA-01-250G"}],
"refunds":[{"refund_id":"RF-771","refunded_at":"2026-03-20T09:00:00Z","total_refund":36.00,
"line_items":[{"id":"RF-771-1","line_item_id":"HB-20417-1","quantity":1,"price":36.00,
"variant_id":"TEA-01-250G","product_id":"TEA-01"}]}],
"shipping_address":{"city":"Austin","province_code":"TX","country_code":"US","zip":"78701"},
"tags":["channel:web"]}
"""


@dataclass(frozen=True, repr=False)
class Rendered:
    """Every order of the views as JSON, and how many break each rule."""

    payloads: dict[str, str]
    invalid: set[str]
    broken: dict[str, int]


@pytest.fixture(scope="module")
def rendered(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    directory = tmp_path_factory.mktemp("rendered")
    with engine(directory / "engine") as connection:
        attach_new_ledger(connection, directory)
        planner = Planner(connection, TRIPLE_WHALE, destination(TRIPLE_WHALE, directory))
        planner.stage(Warehouse(built, "main", None))
        planner.judge()
        broken = connection.execute(
            "select rule, count(distinct order_id) from work.violations "
            "inner join work.checks using (number) group by rule"
        ).fetchall()
        invalid = {key for (key,) in connection.execute("from work.invalid").fetchall()}
        connection.execute("delete from work.invalid")  # so that those are rendered as well
        planner.render()
        rows = connection.execute("select order_id, payload from work.payloads").fetchall()
        return Rendered(dict(rows), invalid, dict(broken))


def test_every_order_is_rendered_as_computed_from_the_raw_tables(rendered):
    raw = orders_from_raw.read()
    counted = [order for order in raw.orders if order["status"] != "cancelled"]
    assert len(rendered.payloads) == len(counted) == 12_977 - 81
    for order in counted:
        found = json.loads(rendered.payloads[order["order_id"]], parse_float=Decimal)
        assert found == payload(raw, order), order["order_id"]


def test_only_the_known_faults_of_the_sample_are_found(rendered):
    assert rendered.broken == ORDERS_BY_BROKEN_RULE
    assert len(rendered.invalid) == 670


def test_orders_are_valid_to_an_independent_validator_unless_they_were_found(rendered):
    errors = Counter()
    for key, text in rendered.payloads.items():
        if not validator(TRIPLE_WHALE).is_valid(json.loads(text)):
            errors[key] += 1
    assert set(errors) == rendered.invalid


def test_the_published_schema_refuses_none_of_the_valid_orders(rendered):
    sent = [
        json.loads(text) for key, text in rendered.payloads.items() if key not in rendered.invalid
    ]
    assert len(sent) > 12_000
    assert list(refused(TRIPLE_WHALE, sent)) == []


def test_the_example_of_the_documents_is_valid():
    assert broken_rules_of(TRIPLE_WHALE, json.loads(VENDORS_EXAMPLE, parse_float=Decimal)) == set()

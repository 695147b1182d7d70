"""Our SQL and an independent JSON Schema validator agree on every order."""

import hashlib
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connector.compile.judging import judge as compiled
from connector.compile.judging.rules import rule_checks
from connector.contract.contract import Contract
from connector.destinations import contracts
from tests.broken_orders import Case, cases, entities, id_of, orders, row, types
from tests.expected_payloads import INFINITE, broken_rules, payload
from tests.generated_orders import YEAR_1, Generated, Judged, generated, judge
from tests.vendor_schemas import PUBLISHED, takes

pytestmark = pytest.mark.untraced

CONTRACTS = contracts()
NORTHBEAM = CONTRACTS["northbeam"]
RULES = {rule.rule: rule for rule in NORTHBEAM.rules}
# Without shrinking: sixty orders take long to shrink, and the message holds the one that matters.
THOROUGH = settings(
    phases=[Phase.generate],
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    report_multiple_bugs=False,
)


def by_schema(judged: Judged, order_id: str, contract: Contract = NORTHBEAM) -> set[str]:
    """What an order breaks of the schema; the rules across fields are known to SQL alone."""
    across = {check.rule for check in rule_checks(contract)}
    return judged.rules.get(order_id, set()) - across


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
@THOROUGH
@given(st.data())
def test_generated_orders_are_judged_and_rendered_as_without_sql(contract, data):
    """And no vendor refuses what is sent of them by the schema that it publishes."""
    found = data.draw(generated(contract, orders=60))
    judged = judge(contract, found)
    for order in found.tables[contract.orders.name]:
        order_id = order[contract.key]
        expected = payload(contract, order, found.tables)
        mine, theirs = by_schema(judged, order_id, contract), broken_rules(contract, expected)
        assert mine == theirs, expected[:2000]
        if "infinity" not in expected:
            assert judged.payloads[order_id] == expected
    if contract.destination in PUBLISHED:
        assert_that_the_vendor_takes_what_is_sent(contract, judge(contract, found, mends=True))


def assert_that_the_vendor_takes_what_is_sent(contract: Contract, judged: Judged) -> None:
    for order_id, text in judged.payloads.items():
        assert order_id in judged.invalid or takes(contract, text), text[:2000]


# Each rule of the schema by itself.


@pytest.fixture(scope="module")
def each_rule() -> tuple[Generated, Judged]:
    found = orders(NORTHBEAM)
    return found, judge(NORTHBEAM, found)


def test_every_rule_of_the_schema_has_a_case():
    checks = compiled.checks(NORTHBEAM) + compiled.list_checks(NORTHBEAM)
    key_is_missing = {f"{NORTHBEAM.key}.required"}  # the whole view is refused
    assert {case.rule for case in cases(NORTHBEAM)} == {c.rule for c in checks} - key_is_missing


@pytest.mark.parametrize("case", list(cases(NORTHBEAM)), ids=lambda case: case.rule)
def test_an_order_that_breaks_a_rule_is_invalid_and_one_just_inside_is_not(case: Case, each_rule):
    found, judged = each_rule
    broken, inside = (id_of(NORTHBEAM, case, verdict) for verdict in ("broken", "inside"))
    (order,) = (row for row in found.tables["orders"] if row["order_id"] == broken)
    expected = broken_rules(NORTHBEAM, payload(NORTHBEAM, order, found.tables))
    assert case.rule in expected
    assert by_schema(judged, broken) == expected
    assert broken in judged.invalid
    assert by_schema(judged, inside) == set()


# Each rule across fields.

EMPTY = hashlib.sha256(b"").hexdigest()
YEAR_1990 = 631_152_000_000_000
YEAR_2023 = 1_672_531_200_000_000
NOW = time.time_ns() // 1000
MINUTE = 60_000_000


def address(**values: str | None) -> dict[str, str | None]:
    names = ("address1", "address2", "city", "state", "zip", "country_code")
    return {f"customer_shipping_address__{name}": values.get(name) for name in names}


COMPLETE = {"address1": "1 Quay", "city": "Odesa", "state": "51", "zip": "65000"}
COMPLETE["country_code"] = "UKR"


def tea(quantity: str, product_id: str = "tea") -> dict:
    return {"product_id": product_id, "quantity": Decimal(quantity)}


FINE = {
    "customer_id": "c",
    "purchase_total": Decimal(12),
    "time_of_purchase": YEAR_2023,
    "_pixel_event_at": YEAR_2023 - 10_000_000,
}
PRODUCTS = [
    {"id": "tea", "price": Decimal("2.50"), "quantity": Decimal(3)},
    {"id": "tea", "price": Decimal("2.50"), "quantity": Decimal(1)},
]
ACROSS = {  # of each rule: orders that break it and orders just inside it, as changes of a fine one
    "order_id.differs_from_customer_id": (
        [{"customer_id": "broken order_id.differs_from_customer_id 0"}],
        [{"customer_id": "inside order_id.differs_from_customer_id 0 "}],
    ),
    "customer_id.is_no_email": (
        [{"customer_id": "a@b.example"}, {"customer_id": "@"}],
        [{"customer_id": "a.b.example"}],
    ),
    "time_of_purchase.is_not_in_the_future": (
        [{"time_of_purchase": NOW + 25 * 60 * MINUTE}],
        [{"time_of_purchase": NOW + 23 * 60 * MINUTE}],
    ),
    "_lifecycle.is_known": ([], []),  # test_steady has a case
    "time_of_purchase.is_not_before_1990": (
        [{"time_of_purchase": YEAR_1990 - 1, "_pixel_event_at": None}],
        [{"time_of_purchase": YEAR_1990, "_pixel_event_at": None}],
    ),
    "time_of_purchase.is_not_before_the_pixel_event": (
        [{"_pixel_event_at": YEAR_2023}, {"_pixel_event_at": YEAR_2023 + 1}],
        [{"_pixel_event_at": YEAR_2023 - 1}, {"_pixel_event_at": None}],
    ),
    "customer_shipping_address.is_complete": (
        [address(**{**COMPLETE, name: None}) for name in ("address1", "city", "state")],
        [address(**COMPLETE), address()],
    ),
    "purchase_total.adds_up": (
        [{"purchase_total": Decimal("12.06")}, {"purchase_total": Decimal("11.94")}],
        [{"purchase_total": Decimal("12.05")}, {"purchase_total": Decimal("11.95")}],
    ),
    "currency.had_not_ended": (
        [{"currency": "HRK", "time_of_purchase": YEAR_2023}],
        [{"currency": "HRK", "time_of_purchase": YEAR_2023 - 1}, {"currency": "EUR"}],
    ),
    "order_id.is_an_identifier": ([], []),  # the key tells the cases apart
    "customer_id.is_an_identifier": (
        [{"customer_id": each} for each in ("None", " nan ", "N/A", "NULL", "undefined")],
        [{"customer_id": each} for each in ("Nona", "0", "nan1", "NAN A")],
    ),
    "products.id_is_an_identifier": (
        [{"products": [{**each, "id": "nan"} for each in PRODUCTS], "refunds": []}],
        [{}],
    ),
    "customer_id.is_of_one_customer": ([], []),  # it takes a thousand orders
    "customer_email.is_known": ([{"customer_email": None}], [{}]),
    "customer_email.or_phone_is_known": ([], [{}]),  # which breaks the rule above, too
    "hashed_customer_email.is_of_a_text": ([], [{}]),  # as before
    "hashed_customer_phone_number.is_of_a_text": (
        [{"customer_phone_number": None, "hashed_customer_phone_number": EMPTY}],
        [{"customer_phone_number": None, "hashed_customer_phone_number": "0" * 64}],
    ),
    "refunds.variant_is_that_of_the_line": (
        [{"refunds": [{**tea("1"), "variant_id": None}]}],
        [{"refunds": [{**tea("1"), "variant_id": "another"}]}],
    ),
    "refunds.product_is_in_the_order": (
        [{"refunds": [tea("1"), tea("0", "Tea")]}],
        [{"refunds": [tea("1")]}, {"refunds": []}],
    ),
    "refunds.total_is_at_most_the_purchase_total": (
        [{"refunds": [{**tea("1"), "refund_amount": Decimal("12.06")}]}],
        [{"refunds": [{**tea("1"), "refund_amount": Decimal("12.05")}]}],
    ),
    "refunds.is_written_down": ([], []),  # test_right_money has a case
    "refunds.quantity_is_at_most_the_quantity_bought": (
        [{"refunds": [tea("3"), tea("1.01")]}],
        [{"refunds": [tea("3"), tea("1")]}],
    ),
}


def across(verdict: int) -> Iterator[tuple[str, dict]]:
    """Order ids and changes: the orders that break a rule (0), or those just inside it (1)."""
    for rule, changes in ACROSS.items():
        for number, changed in enumerate(changes[verdict]):
            yield f"{('broken', 'inside')[verdict]} {rule} {number}", changed


@pytest.fixture(scope="module")
def each_rule_across() -> Judged:
    tables: dict[str, list[dict]] = {name: [] for name, _, _ in entities(NORTHBEAM.schema)}
    for key, changed in (*across(0), *across(1)):
        lists = {"products": PRODUCTS, "refunds": [tea("1")], **changed, "orders": [FINE | changed]}
        for name, _, schema in entities(NORTHBEAM.schema):
            for number, values in enumerate(lists.get(name, [])):
                place = {"order_id": key, "_position": number}
                tables[name].append({**row(schema), **values, **place})
    return judge(NORTHBEAM, Generated(tables, types(NORTHBEAM)))


def test_every_rule_across_fields_has_a_case():
    assert set(ACROSS) == set(RULES)


@pytest.mark.parametrize("order_id", [order_id for order_id, _ in across(0)])
def test_an_order_that_breaks_a_rule_across_fields_is_found(order_id, each_rule_across):
    rule = order_id.split()[1]
    assert each_rule_across.rules.get(order_id) == {rule}
    assert (order_id in each_rule_across.invalid) == (RULES[rule].severity == "error")


@pytest.mark.parametrize("order_id", [order_id for order_id, _ in across(1)])
def test_an_order_just_inside_a_rule_across_fields_is_fine(order_id, each_rule_across):
    assert order_id not in each_rule_across.rules


# What only one of the two can check.


def one_order(**changes: Any) -> Judged:
    tables = {
        name: [{**row(schema), "order_id": "1", "_position": 1}]
        for name, _, schema in entities(NORTHBEAM.schema)
    }
    tables["orders"][0] |= changes
    return judge(NORTHBEAM, Generated(tables, types(NORTHBEAM)))


def test_the_year_0_is_refused_although_the_rfc_has_it():
    assert one_order(time_of_purchase=YEAR_1 - 1).invalid == {"1"}
    assert one_order(time_of_purchase=YEAR_1).invalid == set()


@pytest.mark.parametrize("moment", sorted(INFINITE))
def test_infinite_times_are_refused_although_json_has_none(moment):
    assert "time_of_purchase.format" in one_order(time_of_purchase=moment).rules["1"]

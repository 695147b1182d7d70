"""Payloads fit the schemas that the vendors publish; see tests/test_contract_agreement.py, too."""

from typing import Any

import pytest

from connector.compile.judging.judge import of_contract
from connector.contract.contract import Contract
from connector.destinations import contracts
from tests.conformance.breaking import cases
from tests.conformance.examples import examples
from tests.generated_orders import judge
from tests.test_conformance_contract import key_of
from tests.vendor_schemas import PUBLISHED, takes

pytestmark = pytest.mark.untraced

# Ometria publishes no schema.
CONTRACTS = {name: each for name, each in contracts().items() if name in PUBLISHED}

# What we refuse although the vendor's schema allows it, and why; everything else that we refuse is
# refused by the vendor, too.
HELD_BACK = {
    "northbeam": {
        "order_id.differs_from_customer_id": "the guide says so",
        "currency.enum": "the pattern takes any text that holds a code of its middle",
        "purchase_total.minimum": "a negative total of a real order is wrong money",
        "tax.minimum": "as the total",
        "shipping_cost.minimum": "as the total",
        "products.quantity.minimum": "a return is a refund, and not a product",
        "products.price.minimum": "as the total",
        "refunds.quantity.minimum": "money that is given back twice",
        "refunds.refund_amount.minimum": "as the quantity",
        "refunds.refund_cost.minimum": "as the quantity",
        "order.bytes": "a call of that size is not known to be taken",
    },
    "triple_whale": {
        "currency.enum": "no code of a currency, now or since 2009",
        "order_revenue.minimum": "the reference says 0 or more",
        "order_revenue.maximum": "no revenue is that large",
        **dict.fromkeys(
            (
                *("order_id.minLength", "customer.id.minLength", "refunds.refund_id.minLength"),
                *(f"line_items.{name}.minLength" for name in ("id", "product_id", "variant_id")),
            ),
            "an identifier that identifies nothing",
        ),
        **{
            f"{name}.{keyword}": "wrong money"
            for name in ("line_items.price", "line_items.quantity", "refunds.total_refund")
            for keyword in ("minimum", "maximum")
        },
        "line_items.quantity.type": "as a whole number it would be another quantity",
        "customer.email.or_phone": "the guide says so",
        "created_at.is_not_before_1990": "it can only be a stand-in for none",
        "created_at.is_not_in_the_future": "it cannot be corrected once it is sent",
        "refunds.refund_id_is_unique": "a part of the record's key",
        "refunds.refunded_at_is_not_before_1990": "it can only be a stand-in for none",
        "refunds.refunded_at_is_not_in_the_future": "it cannot be corrected once it is sent",
    },
    "yespo": {
        "externalOrderId.pattern": "the guide forbids it in keys of events",
        "externalOrderId.minLength": "an order without an identifier",
        "externalOrderId.maxLength": "the guide's limit of keys of events",
        "externalCustomerId.or_email_or_phone": "the guide says so",
        "totalCost.minimum": "a negative total of a real order is wrong money",
        "totalCost.maximum": "no total is that large",
        "currency.enum": "no code of a currency, now or since 2009",
        "date.is_not_before_1990": "it can only be a stand-in for none",
        "date.is_not_in_the_future": "it can only be a wrong time zone",
    },
}


@pytest.fixture(scope="module", params=CONTRACTS)
def broken(request: pytest.FixtureRequest) -> tuple[Contract, dict[str, str], Any]:
    """Each rule broken once by an otherwise golden order: key → rule, and the verdicts."""
    contract = CONTRACTS[request.param]
    found = examples(contract)
    orders = {key_of(found, case, n): case for n, case in enumerate(cases(found))}
    tables = found.tables({key: case.order for key, case in orders.items()})
    return (
        contract,
        {key: case.rule for key, case in orders.items()},
        judge(contract, tables, mends=True),
    )


def test_no_vendor_refuses_what_is_sent_of_orders_that_break_one_rule(broken):
    contract, _, judged = broken
    for order_id, payload in judged.payloads.items():
        assert order_id in judged.invalid or takes(contract, payload), payload


def test_what_is_held_back_although_the_vendor_takes_it_has_a_reason(broken):
    contract, rules, judged = broken
    held = {
        rules[order_id]
        for order_id in judged.invalid & rules.keys()
        if takes(contract, judged.payloads[order_id])
    }
    reasons = HELD_BACK[contract.destination].keys() - {"order.bytes"}
    assert sorted(held) == sorted(reasons)


def test_what_the_vendor_refuses_is_ours_to_loosen_nowhere(broken):
    contract, rules, _ = broken
    ours = {check.rule for check in of_contract(contract) if check.is_ours}
    found = examples(contract)
    orders = {key_of(found, case, n): case.order for n, case in enumerate(cases(found))}
    strict = judge(contract, found.tables(orders))
    for order_id, rule in rules.items():
        if rule in ours and strict.rules.get(order_id) == {rule}:
            assert takes(contract, strict.payloads[order_id]), rule

"""What Yespo's contract says beyond single fields, and the payload of one whole order."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.destinations import contracts
from tests.expected_payloads import payload
from tests.generated_orders import Generated, Judged, judge
from tests.test_contract import currencies

pytestmark = pytest.mark.untraced

YESPO = contracts()["yespo"]
MONEY = "decimal(18, 2)"
TYPES = {
    "orders": {
        "externalOrderId": "varchar",
        "externalCustomerId": "varchar",
        "totalCost": MONEY,
        "status": "varchar",
        "date": "timestamptz",
        "currency": "varchar",
        "email": "varchar",
        "phone": "varchar",
        "firstName": "varchar",
        "shipping": MONEY,
        "discount": MONEY,
        "taxes": MONEY,
        "source": "varchar",
        "deliveryMethod": "varchar",
        "paymentMethod": "varchar",
        "additionalInfo__oms_id": "varchar",
        "_total_amount": MONEY,
    },
    "items": {
        "externalOrderId": "varchar",
        "_position": "integer",
        "externalItemId": "varchar",
        "name": "varchar",
        "category": "varchar",
        "quantity": "integer",
        "cost": MONEY,
        "url": "varchar",
        "imageUrl": "varchar",
    },
}
ORDER = {
    "externalOrderId": "HB-20417",
    "externalCustomerId": "cust-8841",
    "totalCost": Decimal("86.40"),
    "status": "DELIVERED",
    "date": 1_773_531_727_000_000,
    "currency": "USD",
    "email": "olena@harbor.example",
    "phone": "14155550142",
    "firstName": "Olena",
    "shipping": Decimal("8.00"),
    "discount": Decimal("8.00"),
    "taxes": Decimal("6.40"),
    "source": "online",
    "deliveryMethod": "courier",
    "paymentMethod": "card",
    "additionalInfo__oms_id": "9920417",
}
ITEM = {
    "externalOrderId": "HB-20417",
    "_position": 1,
    "externalItemId": "TEA-01-250G",
    "name": "Harbor Tea",
    "category": "tea",
    "quantity": 2,
    "cost": Decimal("36.00"),
    "url": "https://harbor.example/tea-01",
    "imageUrl": "https://harbor.example/tea-01.png",
}


NOBODY = {"externalCustomerId": None, "email": None, "phone": None}
PAID_BACK = {"totalCost": Decimal("50.40"), "_total_amount": Decimal("86.40")}
SOON = int((datetime.now(UTC) + timedelta(hours=25)).timestamp() * 1_000_000)
NO_ITEMS: dict[str, Any] = {"name": None}
Case = tuple[dict[str, Any], dict[str, Any], set[str]]
CASES: dict[str, Case] = {  # changes of the order and of its item, and the rules that they break
    "nothing": ({}, {}, set()),
    "no email": ({"email": None}, {}, set()),
    "no phone": ({"phone": None}, {}, set()),
    "no customer": ({"externalCustomerId": None}, {}, set()),
    "a phone alone": ({"externalCustomerId": None, "email": None}, {}, set()),
    "a customer alone": ({"email": None, "phone": None}, {}, {"email.or_phone_is_known"}),
    "nobody": (NOBODY, {}, {"externalCustomerId.or_email_or_phone"}),
    "no items to add up": ({"totalCost": Decimal("1.00")}, NO_ITEMS, set()),
    "five cents too much": ({"totalCost": Decimal("86.45")}, {}, set()),
    "six cents too much": ({"totalCost": Decimal("86.46")}, {}, {"totalCost.adds_up"}),
    "a dear item": ({}, {"cost": Decimal("36.10")}, {"totalCost.adds_up"}),
    "partly paid back": (PAID_BACK, {}, set()),
    "another total before": ({"_total_amount": Decimal("90.00")}, {}, {"totalCost.adds_up"}),
    "no taxes": ({"totalCost": 72, "shipping": None, "taxes": None}, {}, set()),
    "the future": ({"date": SOON}, {}, {"date.is_not_in_the_future"}),
    "a blank in an id": ({"externalCustomerId": "a b"}, {}, set()),
    "an address for an id": ({"externalCustomerId": "a@b.c"}, {}, set()),
    "a phone for an id": ({"externalCustomerId": "+380441234567"}, {}, set()),
    "a long id": ({"externalCustomerId": "1" * 301}, {}, {"externalCustomerId.maxLength"}),
    "a slash in an item": ({}, {"externalItemId": "a/b"}, set()),
    "a plus": ({"phone": "+14155550142"}, {}, set()),
    "letters": ({"phone": "none"}, {}, {"phone.pattern"}),
    "a short phone": ({"phone": "1415"}, {}, {"phone.pattern"}),
    "a long phone": ({"phone": "1" * 16}, {}, {"phone.pattern"}),
    "a capital": ({"email": "Olena@harbor.example"}, {}, set()),
    "no domain": ({"email": "olena@mail"}, {}, {"email.format"}),
    "a long name": ({"firstName": "O" * 41}, {}, {"firstName.maxLength"}),
    "an unknown status": ({"status": "SHIPPED"}, {}, {"status.enum"}),
    "an unknown source": ({"source": "checkout"}, {}, set()),
    **{
        f"an item without {field}": ({}, {field: None}, {f"items.{field}.required"})
        for field in ("name", "cost", "url", "imageUrl", "externalItemId", "quantity")
    },
}


def order_id(case: str) -> str:
    return f"HB-{list(CASES).index(case)}"


@pytest.fixture(scope="module")
def judged() -> Judged:
    orders, items = [ORDER], [ITEM]
    for case, (order, item, _) in CASES.items():
        key = {"externalOrderId": order_id(case)}
        orders.append(ORDER | key | order)
        items += [ITEM | key | item] if item is not NO_ITEMS else []
    return judge(YESPO, Generated({"orders": orders, "items": items}, TYPES))


def test_the_vendor_s_example_is_rendered_as_it_stands(judged):
    text = judged.payloads["HB-20417"]
    assert "HB-20417" not in judged.rules
    assert text == payload(YESPO, ORDER, {"items": [ITEM]})
    assert json.loads(text)["additionalInfo"] == {"oms_id": "9920417"}
    assert '"totalCost":86.4,"status":"DELIVERED","date":"2026-03-14T23:42:07+00:00"' in text


IDS = ["#1001", "ORD 7", "A+B", "0000-ä", "a@b", "(1)", "1.2:3_4"]
NO_IDS = [
    "a<b",
    "a;b",
    "a'b",
    "a\\b",
    "a/b",
    "a|b",
    'a"b',
    "a`b",
    "a^b",
    "a?b",
    "a!b",
    "a,b",
    "a>b",
]


def test_the_id_of_an_order_may_be_what_the_key_of_an_event_may_be():
    orders = [{**ORDER, "externalOrderId": each} for each in (*IDS, *NO_IDS)]
    found = judge(YESPO, Generated({"orders": orders, "items": []}, TYPES))
    assert found.invalid == set(NO_IDS)
    assert {rule for rules in found.rules.values() for rule in rules} == {"externalOrderId.pattern"}


def test_currencies_are_those_of_the_standard():
    assert YESPO.schema["properties"]["currency"]["enum"] == currencies()


@pytest.mark.parametrize("case", CASES)
def test_what_any_of_the_documents_asks_for_is_asked_for(case, judged):
    assert judged.rules.get(order_id(case), set()) == CASES[case][2]

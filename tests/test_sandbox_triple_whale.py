"""The sandbox answers as Triple Whale's bulk endpoint does, and keeps its records apart."""

import json
from decimal import Decimal

import pytest
import requests

from tests.sandbox_process import measured_sandbox as sandbox

pytestmark = pytest.mark.measured

PATH = "/api/v2/data-in/bulk-orders"
SHOP = "harbor.example"
HEADERS = {"x-api-key": "key", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def started():
    with sandbox("--setting", f"shop={SHOP}", "--api-key", "key") as running:
        yield running.at("triple_whale")


@pytest.fixture
def triple_whale(started):
    """A sandbox without orders, faults or poison."""
    started.reset()
    started.faults([])
    started.poison()
    started.variant("named")
    return started


def refund(key: str = "R-1", **changes) -> dict:
    refunded = {"refund_id": key, "refunded_at": "2026-03-20T09:00:00Z", "total_refund": 36.0}
    return refunded | changes


def order(key: str = "HB-1", **changes) -> dict:
    return {
        "order_id": key,
        "platform": "harbor-oms",
        "platform_account_id": "harbor-us",
        "created_at": "2026-03-14T23:42:07Z",
        "currency": "USD",
        "order_revenue": 86.40,
        "customer": {"id": "cust-1", "email": "olena@harbor.example"},
        **changes,
    }


def post(running, orders, shop: str | None = SHOP, **headers) -> requests.Response:
    """Send orders in their envelope, or a body as it is."""
    body = json.dumps(({"shop": shop} if shop else {}) | {"orders": orders})
    data = orders if isinstance(orders, str) else body
    return requests.post(running.url + PATH, data=data, headers=HEADERS | headers, timeout=60)


def errors(answer: requests.Response) -> list[tuple[str | None, str]]:
    """The orders that a refusal names."""
    assert answer.status_code == 400
    body = answer.json()
    assert (body["success"], body["message"]) == (False, "Validation errors")
    return [(error.get("order_id"), error["error"]) for error in body["errors"]]


def test_orders_are_accepted_and_counted(triple_whale):
    lines = [{"id": "1", "quantity": 1, "price": 36, "variant_id": "T"}]
    answer = post(triple_whale, [order("A"), order("B", refunds=[refund(line_items=lines)])])
    expected = {"success": True, "message": "2 orders received"}
    assert (answer.status_code, answer.json()) == (200, expected)
    counts = triple_whale.counts()
    held = {"orders": 2, "refunds": 1, "refund_line_items": 1, "voided_orders": 0, "writes": 2}
    assert counts.items() >= held.items()
    assert Decimal(counts["revenue"]["USD"]) == Decimal("172.8")


def test_orders_are_kept_exactly_as_they_were_received(triple_whale):
    text = json.dumps(order()).replace("86.4", "86.4000000000000000001").replace(", ", " ,  ")
    body = f' {{"orders" : [{text} , {json.dumps(order("Z"))}], "x": [1], "shop": "{SHOP}"}} '
    assert post(triple_whale, body).status_code == 200
    assert triple_whale.texts() == [text, json.dumps(order("Z"))]


def test_the_valid_orders_of_a_refused_call_are_kept(triple_whale):
    wrong = order("W", order_revenue=-1, customer={"id": "cust-1"})
    named = errors(post(triple_whale, [order("A"), wrong, order("B")]))
    assert [key for key, _ in named] == ["W", "W"]
    assert [held["order_id"] for held in triple_whale.orders()] == ["A", "B"]
    assert triple_whale.counts()["refused_requests"] == 1


def test_an_order_without_an_id_is_refused_without_one(triple_whale):
    nameless = order()
    del nameless["order_id"]
    named = errors(post(triple_whale, [nameless, order("A")]))
    assert named == [(None, '"order_id" is a required property')]
    assert triple_whale.counts()["orders"] == 1


@pytest.mark.parametrize("variant", ["nameless", "unnamed"])
def test_errors_may_lack_ids_or_be_missing_though_the_valid_orders_are_kept(triple_whale, variant):
    triple_whale.variant(variant)
    answer = post(triple_whale, [order("A"), order("W", order_revenue=-1)])
    assert answer.status_code == 400
    assert "W" not in json.dumps(answer.json().get("errors", ""))
    assert ("errors" in answer.json()) == (variant == "nameless")
    assert triple_whale.live_records() == {"A": 1}


@pytest.mark.parametrize("orders", [[], [order()] * 1001, {}, 5], ids=["0", "1001", "object", "5"])
def test_what_is_no_list_of_1_to_1000_orders_is_refused_without_errors(triple_whale, orders):
    data = orders if isinstance(orders, list) else json.dumps({"shop": SHOP, "orders": orders})
    answer = post(triple_whale, data)
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert "errors" not in answer.json()
    assert triple_whale.counts()["orders"] == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        '{"shop": "s", "orders": [}',
        '{"shop": "s" "orders": []}',
        '{"shop": "s", "orders": [1],}',
        '{"shop": "s", "orders": [1]} 2',
        '{5: "s"}',
        '{"shop": NaN}',
    ],
    ids=["empty", "broken", "comma", "trailing", "more", "number", "nan"],
)
def test_what_is_no_json_is_refused(triple_whale, body):
    data = body or " "
    assert post(triple_whale, data).json() == {"success": False, "message": "Invalid order data."}


@pytest.mark.parametrize(
    ("shop", "status"),
    [
        (None, 403),
        ("https://harbor.example", 403),
        ("harbor.example/", 403),
        ("other.example", 500),
    ],
)
def test_a_shop_that_is_malformed_or_unknown_is_turned_away(triple_whale, shop, status):
    answer = post(triple_whale, [order()], shop=shop)
    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert triple_whale.counts()["orders"] == 0


def test_the_key_is_checked_in_calls_and_by_itself(triple_whale):
    check = f"{triple_whale.url}/api/v2/users/api-keys/me"
    assert requests.get(check, headers=HEADERS, timeout=60).status_code == 200
    for key in ("other", None):
        assert post(triple_whale, [order()], **{"x-api-key": key}).status_code == 401
        refused = requests.get(check, headers={"x-api-key": key}, timeout=60)
        assert (refused.status_code, refused.json()["success"]) == (401, False)
    assert triple_whale.counts()["requests"] == 2


def test_orders_cannot_be_read_back(triple_whale):
    assert requests.get(triple_whale.url + PATH, headers=HEADERS, timeout=60).status_code == 405


@pytest.mark.parametrize("part", ["created_at", "platform", "platform_account_id"])
def test_a_changed_part_of_the_key_makes_a_second_record(triple_whale, part):
    post(triple_whale, [order(), order("B")])
    post(triple_whale, [order(status="paid"), order("B", **{part: "2026-03-14T23:42:08Z"})])
    assert triple_whale.live_records() == {"B": 2, "HB-1": 1}
    counts = triple_whale.counts()
    assert (counts["orders"], counts["orders_with_several_records"]) == (3, 1)
    assert Decimal(counts["revenue"]["USD"]) == 3 * Decimal("86.4")


def test_an_order_that_is_void_before_it_comes_under_another_key_never_has_two(triple_whale):
    new = {"created_at": "2026-03-14T23:42:08Z"}
    for orders in ([order(), order("B")], [order("B", **new)], [order(void=True)], [order(**new)]):
        post(triple_whale, orders)
    post(triple_whale, [order("B", void=True)])
    assert triple_whale.live_records() == {"B": 1, "HB-1": 1}
    counts = triple_whale.counts()
    ever, now = counts["orders_that_ever_had_several"], counts["orders_with_several_records"]
    assert (ever, now) == (1, 0)


def test_the_same_moment_in_another_form_is_another_record(triple_whale):
    post(triple_whale, [order()])
    post(triple_whale, [order(created_at="2026-03-15T00:42:07+01:00")])
    assert triple_whale.live_records() == {"HB-1": 2}


def test_a_platform_that_is_left_out_is_the_default_one(triple_whale):
    bare = order()
    del bare["platform"], bare["platform_account_id"]
    post(triple_whale, [bare])
    post(triple_whale, [order(platform="custom-msp", platform_account_id="custom-msp")])
    assert triple_whale.live_records() == {"HB-1": 1}


def test_a_refund_that_a_later_order_leaves_out_stays(triple_whale):
    post(triple_whale, [order(refunds=[refund(), refund("R-2")])])
    post(triple_whale, [order(refunds=[refund("R-2", total_refund=1)])])
    counts = triple_whale.counts()
    assert (counts["refunds"], counts["voided_refunds"]) == (2, 0)


def test_a_changed_time_of_a_refund_makes_a_second_record_of_it(triple_whale):
    post(triple_whale, [order(refunds=[refund()])])
    changed = refund(refunded_at="2026-03-21T09:00:00Z")
    post(triple_whale, [order(refunds=[changed]), order("B", refunds=[refund()])])
    counts = triple_whale.counts()
    assert (counts["refunds"], counts["refunds_with_several_records"]) == (3, 1)
    post(triple_whale, [order(refunds=[changed, refund(void=True)])])
    assert triple_whale.counts()["refunds_with_several_records"] == 0


def test_a_void_order_counts_no_more_and_takes_its_refunds_with_it(triple_whale):
    refunds = [refund(), refund("R-2")]
    post(triple_whale, [order(refunds=refunds), order("B")])
    assert post(triple_whale, [order(refunds=refunds[:1], void=True)]).status_code == 200
    counts = triple_whale.counts()
    held = {"orders": 1, "voided_orders": 1, "refunds": 0, "voided_refunds": 2}
    assert counts.items() >= held.items()
    assert counts["revenue"] == {"USD": "86.4"}
    assert triple_whale.live_records() == {"B": 1, "HB-1": 0}
    assert [record["is_void"] for record in triple_whale.records_of("HB-1")] == [True] * 3


def test_a_void_refund_alone_counts_no_more(triple_whale):
    post(triple_whale, [order(refunds=[refund(), refund("R-2")])])
    post(triple_whale, [order(refunds=[refund(void=True), refund("R-2", void=False)])])
    counts = triple_whale.counts()
    held = {"orders": 1, "refunds": 1, "voided_refunds": 1, "void_mismatches": 0}
    assert counts.items() >= held.items()


def test_an_order_that_is_sent_again_without_void_is_live_again(triple_whale):
    for changes in ({}, {"void": True}, {}):
        post(triple_whale, [order(**changes)])
    assert triple_whale.live_records() == {"HB-1": 1}


@pytest.mark.parametrize(
    ("void", "mismatches"),
    [
        (order(void=True), 0),
        (order(void=True, order_revenue=86.4000), 0),
        (order(void=True, status="cancelled"), 1),
        (order(void=True, created_at="2026-03-14T23:42:08Z"), 1),
        (order("never sent", void=True), 1),
        (order(refunds=[refund(void=True)]), 1),
    ],
    ids=["equal", "number", "status", "time", "never", "refund"],
)
def test_a_void_that_is_not_equal_to_what_was_sent_last_is_counted(triple_whale, void, mismatches):
    post(triple_whale, [order()])
    post(triple_whale, [void])
    assert triple_whale.counts()["void_mismatches"] == mismatches


def test_two_versions_of_a_record_in_a_call_are_taken_in_turn(triple_whale):
    post(triple_whale, [order(), order(void=True)])
    counts = triple_whale.counts()
    assert (counts["orders"], counts["voided_orders"], counts["void_mismatches"]) == (0, 1, 0)


def test_what_the_vendor_takes_is_taken_although_we_send_it_not(triple_whale):
    codes = [{"amount": 1}]
    body = [order("A", shop="another.example"), order("B", currency="usd", discount_codes=codes)]
    assert post(triple_whale, body).status_code == 200
    assert triple_whale.live_records() == {"A": 1, "B": 1}


def test_poisoned_orders_are_refused_and_the_others_kept(triple_whale):
    triple_whale.poison(named="^P-")
    named = errors(post(triple_whale, [order("A"), order("P-1"), order("W", currency=1)]))
    assert sorted(key for key, _ in named) == ["P-1", "W"]
    triple_whale.poison(unnamed="^P-")
    answer = post(triple_whale, [order("B"), order("P-1")])
    assert (answer.status_code, "errors" in answer.json()) == (400, False)
    assert triple_whale.live_records() == {"A": 1}


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("401", "Unauthorized"),
        ("403", "Access token is required"),
        ("429", "Rate limit exceeded. Try again later."),
        ("500", "Error processing order"),
        ("503", "Service Unavailable"),
    ],
)
def test_a_fault_is_answered_in_its_own_words(triple_whale, kind, message):
    triple_whale.faults([kind])
    answer = post(triple_whale, [order()])
    assert answer.status_code == int(kind)
    assert answer.json() == {"success": False, "message": message}
    assert ("Retry-After" in answer.headers) == (kind == "429")
    assert triple_whale.counts()["answers"] == {kind: 1}

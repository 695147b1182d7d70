"""The sandbox answers as Yespo's Add orders does, and logs the events that orders raise."""

import json

import pytest
import requests

from tests.sandbox_process import measured_sandbox as sandbox

pytestmark = pytest.mark.measured

PATH = "/api/v1/orders"
HEADERS = {"Content-Type": "application/json", "Accept": "application/json; charset=UTF-8"}


@pytest.fixture(scope="module")
def started():
    with sandbox("--api-key", "key") as running:
        yield running.at("yespo")


@pytest.fixture
def yespo(started):
    """A sandbox without orders, faults or poison."""
    started.reset()
    started.faults([])
    started.poison()
    started.variant("list")
    return started


def order(key: str = "HB-1", **changes) -> dict:
    return {
        "externalOrderId": key,
        "externalCustomerId": "cust-1",
        "totalCost": 86.40,
        "status": "DELIVERED",
        "date": "2026-03-14T23:42:07Z",
        "currency": "USD",
        **changes,
    }


def post(running, orders, auth=("user", "key"), **headers) -> requests.Response:
    """Send orders in their envelope, or a body as it is."""
    data = orders if isinstance(orders, str) else json.dumps({"orders": orders})
    return requests.post(
        running.url + PATH, data=data, headers=HEADERS | headers, auth=auth, timeout=60
    )


def delete(running, **query) -> requests.Response:
    return requests.delete(running.url + PATH, params=query, auth=("", "key"), timeout=60)


def test_orders_are_accepted_and_counted(yespo):
    item = {"externalItemId": "T", "name": "Tea", "quantity": 2, "cost": 36}
    item |= {"url": "https://harbor.example/t", "imageUrl": "https://harbor.example/t.png"}
    answer = post(yespo, [order("A", items=[item]), order("B", currency="EUR")])
    assert (answer.status_code, answer.json()) == (200, {"failedOrders": []})
    counts = yespo.counts()
    assert counts.items() >= {"orders": 2, "items": 1, "writes": 2, "events": 2}.items()
    assert counts["revenue"] == {"EUR": "86.4", "USD": "86.4"}


def test_what_is_cancelled_or_a_cart_is_no_revenue(yespo):
    post(yespo, [order("A", status="CANCELLED"), order("B", status="ABANDONED_SHOPPING_CART")])
    post(yespo, [order("C", status="INITIALIZED", currency="EUR")])
    assert (yespo.counts()["orders"], yespo.counts()["revenue"]) == (3, {"EUR": "86.4"})


def test_a_failed_order_comes_back_within_a_200_as_it_was_received(yespo):
    text = json.dumps(order("W", status="SENT", totalCost=1)).replace(": 1,", ":  1.00 ,")
    answer = post(yespo, f'{{"orders": [{json.dumps(order("A"))}, {text}]}}')
    assert answer.status_code == 200
    assert f'{{"order":{text},"error":' in answer.text
    assert [failed["error"] != "" for failed in answer.json()["failedOrders"]] == [True]
    assert yespo.events() == {"A": 1}


def test_an_order_fails_once_whatever_is_wrong_with_it(yespo):
    failed = post(yespo, [order("W", status="SENT", totalCost="1")]).json()["failedOrders"]
    assert [each["order"]["externalOrderId"] for each in failed] == ["W"]


@pytest.mark.parametrize(
    ("variant", "none", "one"),
    [("list", '{"failedOrders":[]}', list), ("object", "{}", dict), ("empty", "", list)],
)
def test_failed_orders_come_in_several_shapes(yespo, variant, none, one):
    yespo.variant(variant)
    assert post(yespo, [order()]).text == none
    assert isinstance(post(yespo, [order(status="SENT")]).json()["failedOrders"], one)
    two = post(yespo, [order(status="SENT"), order("B", status="SENT")]).json()
    assert len(two["failedOrders"]) == 2


def test_a_call_that_was_just_taken_may_be_refused_as_a_duplicate(yespo):
    yespo.variant("duplicated")
    yespo.faults(["stored-500:1x"])
    calls = [[order()], [order()], [order("B")], [order()]]
    answers = [post(yespo, orders) for orders in calls]
    assert [answer.status_code for answer in answers] == [500, 400, 200, 200]
    assert answers[1].json() == {"message": "Duplicated request"}
    assert yespo.events() == {"B": 1, "HB-1": 2}


def test_a_shape_that_there_is_not_is_refused(yespo):
    path = f"{yespo.url}/sandbox/variant?destination=yespo"
    assert requests.put(path, json="tuple", timeout=60).status_code == 400
    assert requests.get(path, timeout=60).json() == "list"


@pytest.mark.parametrize(
    "body", ['{"orders": []}', "[]", "{}", json.dumps({"orders": [{}] * 1001})]
)
def test_what_is_no_list_of_1_to_1000_orders_is_refused(yespo, body):
    answer = post(yespo, body)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert post(yespo, "{").text == "Bad request"


@pytest.mark.parametrize(
    "auth",
    [None, ("user", ""), ("user", "other"), ("key", "")],
    ids=["none", "empty", "other", "swapped"],
)
def test_only_the_key_as_password_is_accepted(yespo, auth):
    assert post(yespo, [order()], auth=auth).status_code == 401
    account = f"{yespo.url}/api/v1/account/info"
    assert requests.get(account, auth=auth, timeout=60).status_code == 401


@pytest.mark.parametrize("value", ["Basic", "Basic !", "Basic //79", "Bearer a2V5", "key"])
def test_what_is_no_basic_authentication_is_refused(yespo, value):
    assert post(yespo, [order()], auth=None, Authorization=value).status_code == 401


def test_any_user_is_accepted_and_the_account_told(yespo):
    assert post(yespo, [order()], auth=("", "key")).status_code == 200
    account = requests.get(f"{yespo.url}/api/v1/account/info", auth=("any", "key"), timeout=60)
    assert list(account.json()) == ["userEmail", "organisationName"]


def test_every_accepted_order_raises_an_event_needed_or_not(yespo):
    for status in ("INITIALIZED", "INITIALIZED", "DELIVERED", "INITIALIZED"):
        post(yespo, [order(status=status)])
    names = [event["name"] for event in yespo.events_of("HB-1")]
    assert names == [f"order{name}" for name in ("INITIALIZED",) * 2 + ("DELIVERED", "INITIALIZED")]
    counts = yespo.counts()
    assert (counts["orders"], counts["events"], counts["needless_events"]) == (1, 4, 1)


def test_one_order_twice_in_a_call_raises_two_events(yespo):
    post(yespo, [order(), order()])
    assert yespo.events() == {"HB-1": 2}
    assert yespo.counts()["needless_events"] == 1


def test_a_deleted_order_is_gone_and_its_events_are_not(yespo):
    post(yespo, [order(), order("B")])
    assert delete(yespo, externalOrderId="HB-1").ok
    assert delete(yespo, externalOrderId="never").ok
    assert yespo.orders() == [order("B")]
    assert yespo.events() == {"B": 1, "HB-1": 1}
    post(yespo, [order()])
    counts = yespo.counts()
    assert (counts["deletions"], counts["writes"], counts["needless_writes"]) == (2, 3, 0)


def test_orders_of_a_range_of_time_are_deleted_with_both_ends(yespo):
    times = {"before": "21:59:59Z", "first": "22:00:00Z", "last": "22:30:00Z", "after": "22:30:01Z"}
    body = [order(key, date=f"2026-03-14T{time}") for key, time in times.items()]
    post(yespo, [*body, order("elsewhere", date="2026-03-15T00:15:00+02:00")])
    day = "2026-03-14T"
    for end in ("22:00:00", "21:00:00", "22:00"):
        assert delete(yespo, **{"from": f"{day}22:00:00", "to": day + end}).status_code == 400
    late = {"from": f"{day}22:00:00", "to": "2026-03-15T22:00:01"}
    assert delete(yespo, **late).status_code == 400
    assert delete(yespo, **{"from": f"{day}22:00:00", "to": f"{day}22:30:00"}).ok
    assert set(yespo.live_records()) == {"before", "after"}


@pytest.mark.parametrize("key", ["#1001", "ORD 7", "A+B", "a@b.example"])
def test_identifiers_of_every_sort_are_taken(yespo, key):
    item = {"externalItemId": key, "quantity": 1}
    changes = {"externalCustomerId": "+380441234567", "source": "checkout", "items": [item]}
    assert post(yespo, [order(key, **changes)]).json() == {"failedOrders": []}


def test_a_delete_needs_an_id_and_credentials_and_meets_faults(yespo):
    assert delete(yespo).status_code == 400
    url = f"{yespo.url}{PATH}?externalOrderId=HB-1"
    assert requests.delete(url, timeout=60).status_code == 401
    post(yespo, [order()])
    yespo.faults(["503:1x", "stored-500:1x"])
    assert delete(yespo, externalOrderId="HB-1").status_code == 503
    assert yespo.orders() == [order()]
    assert delete(yespo, externalOrderId="HB-1").status_code == 500
    assert yespo.orders() == []
    yespo.poison(named="^P-")
    assert delete(yespo, externalOrderId="P-1").status_code == 400


@pytest.mark.parametrize("kind", ["stored-500", "empty", "huge"])
def test_a_fault_never_makes_a_failed_order_look_accepted(yespo, kind):
    yespo.faults([kind])
    assert post(yespo, [order(), order("W", status="SENT")]).json()["failedOrders"]
    assert yespo.counts()["answers"] == {"200": 1}


def test_poisoned_orders_fail_by_name_or_spoil_the_call(yespo):
    yespo.poison(named="^P-")
    failed = post(yespo, [order("A"), order("P-1")]).json()["failedOrders"]
    assert failed == [{"order": order("P-1"), "error": "order cannot be processed"}]
    yespo.poison(unnamed="^P-")
    assert post(yespo, [order("B"), order("P-1")]).status_code == 400
    yespo.poison(everything="email is needed")
    assert len(post(yespo, [order("C"), order("D")]).json()["failedOrders"]) == 2
    assert yespo.events() == {"A": 1}


def test_whoever_follows_a_redirect_is_seen_at_the_destination_it_came_from(yespo):
    yespo.faults(["redirect"])
    assert post(yespo, [order()]).status_code == 404
    assert yespo.counts()["answers"] == {"followed": 1, "redirect": 1}


def test_a_rate_limit_names_no_time(yespo):
    yespo.faults(["429"])
    answer = post(yespo, [order()])
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, False)

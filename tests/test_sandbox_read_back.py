"""The sandbox returns orders as the vendors do, and its records can be tampered with."""

import json

import pytest
import requests

from tests.sandbox_process import measured_sandbox as sandbox
from tests.test_sandbox_triple_whale import SHOP, order, post, refund

pytestmark = pytest.mark.measured

PATH = "/api/v2/orcabase/api/sql"
QUERY = (
    "SELECT order_id, created_at, event_date, order_revenue, refund_money FROM orders_table "
    "WHERE event_date BETWEEN @startDate AND @endDate ORDER BY order_id"
)
COUNT = (
    "SELECT count() AS number FROM orders_table WHERE event_date BETWEEN @startDate AND @endDate"
)
DAY = "2026-03-14"


@pytest.fixture(scope="module")
def started():
    options = ("--setting", f"shop={SHOP}", "--setting", "api_key=key")
    with sandbox(*options, "--setting", "read_api_key=reader") as running:
        yield running.at("triple_whale")


@pytest.fixture
def triple_whale(started):
    started.reset()
    started.giving()
    return started


def ask(
    running, query: str = QUERY, first: str = DAY, last: str = DAY, **body
) -> requests.Response:
    period = {"startDate": first, "endDate": last}
    asked = {"shopId": SHOP, "query": query, "period": period, **body}
    headers = {"x-api-key": body.pop("key", "reader")}
    return requests.post(running.url + PATH, json=asked, headers=headers, timeout=60)


def test_a_table_of_records_is_asked_by_the_days_of_the_shop_and_in_one_currency(triple_whale):
    kept = order("A", refunds=[refund(), refund("R-2", void=True)])
    late = order("B", created_at="2026-03-15T03:59:59Z", currency="EUR")
    later = order("C", created_at="2026-03-15T04:00:00Z")  # midnight of New York
    assert post(triple_whale, [kept, late, later, order("D", void=True)]).ok
    rows = ask(triple_whale, currency="USD").json()
    assert [row["order_id"] for row in rows] == ["A", "B"]
    assert [(row["order_revenue"], row["refund_money"]) for row in rows] == [
        (86.4, 36.0),
        (108.0, 0),
    ]
    assert rows[1]["created_at"] == "2026-03-15 03:59:59"
    assert [row["order_revenue"] for row in ask(triple_whale, currency="EUR").json()] == [
        108.0,
        86.4,
    ]
    assert ask(triple_whale, COUNT).json() == [{"number": 2}]
    assert ask(triple_whale, COUNT, last="2026-03-15").json() == [{"number": 3}]


def test_rows_come_bare_or_as_data_and_errors_within_a_200(triple_whale):
    post(triple_whale, [order("A")])
    row = ask(triple_whale).json()[0]
    triple_whale.giving(shape="data")
    assert ask(triple_whale).json()["data"] == [row]
    triple_whale.giving(shape="rows", hides=["refund_money"])
    del row["refund_money"]
    assert ask(triple_whale).json()["data"]["rows"] == [row]
    triple_whale.giving(most_rows=0)
    assert (ask(triple_whale).json(), ask(triple_whale, COUNT).json()) == ([], [{"number": 1}])
    for query in ("SELECT nothing FROM orders_table WHERE event_date = 1", "SELECT 1"):
        answer = ask(triple_whale, query)
        assert (answer.status_code, answer.json()["success"]) == (200, False)
    for statement in ("DELETE FROM orders_table -- event_date", "ATTACH 'event_date' AS x"):
        assert "error" in ask(triple_whale, statement).json()
    triple_whale.giving(error="too busy")
    assert ask(triple_whale).json() == {"success": False, "error": "too busy"}


def test_reading_has_a_key_of_its_own_and_a_shop(triple_whale):
    headers = {"x-api-key": "key"}
    assert (
        requests.post(triple_whale.url + PATH, json={}, headers=headers, timeout=60).status_code
        == 401
    )
    assert ask(triple_whale, shopId="").status_code == 403
    assert ask(triple_whale, period={}).status_code == 400


def test_orders_are_deleted_changed_doubled_and_added_behind_our_back(triple_whale):
    post(triple_whale, [order(key) for key in "ABC"])
    writes = triple_whale.counts()["writes"]
    triple_whale.delete("A")
    triple_whale.change("B", order_revenue=1.5)
    triple_whale.add("C", created_at="2026-03-14T23:42:08Z")
    triple_whale.add("C", order_id="D")
    found = [(row["order_id"], row["order_revenue"]) for row in ask(triple_whale).json()]
    assert found == [("B", 1.5), ("C", 86.4), ("C", 86.4), ("D", 86.4)]
    assert triple_whale.counts()["writes"] == writes


def test_any_destination_gives_back_what_its_contract_maps(started):
    """Northbeam's rows are made up here, in the form of the API; they may be cut off."""
    running = started.at("northbeam")
    body = {
        "order_id": "1",
        "customer_id": "c",
        "time_of_purchase": "2026-03-14T10:00:00Z",
        "currency": "GBP",
        "purchase_total": 12.50,
        "tax": 0,
        "shipping_cost": 0,
        "products": [{"id": "a", "name": "A", "quantity": 1, "price": 12.5}],
    }
    headers = {"Authorization": "key", "Data-Client-ID": "c"}
    url = f"{running.url}/v2/orders"
    assert requests.post(url, json=[body], headers=headers, timeout=60).ok
    running.change("1", is_cancelled=True)
    days = {"start_date": DAY, "end_date": "2026-03-15"}
    (row,) = json.loads(requests.get(url, days, headers=headers, timeout=60).json())
    assert (row["purchase_total"], row["is_cancelled"], row["is_deleted"]) == (12.5, True, False)
    running.giving(most_rows=0)
    assert json.loads(requests.get(url, days, headers=headers, timeout=60).json()) == []
    running.giving()

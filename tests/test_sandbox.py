"""The sandbox answers as Northbeam does, keeps what it accepts, and fails on demand."""

import json
import signal
import socket
import sqlite3
import stat
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest
import requests
from click.testing import CliRunner

from connector.cli.commands.sandbox import command
from connector.sandbox.faults.budget import Budget
from tests.sandbox_process import measured_sandbox as sandbox

pytestmark = pytest.mark.measured

HEADERS = {"Authorization": "key", "Data-Client-ID": "client", "Content-Type": "application/json"}
NOON = "2026-03-14T12:00:00Z"


@pytest.fixture(scope="module")
def started():
    with sandbox("--stall", "500ms", "--retry-after", "3") as running:
        yield running


@pytest.fixture
def northbeam(started):
    """A sandbox without orders, faults or poison."""
    started.reset()
    started.faults([])
    started.poison()
    return started


def order(key: str = "HB-1", **changes) -> dict:
    return {
        "order_id": key,
        "customer_id": "cust-1",
        "time_of_purchase": "2026-03-14T18:42:07-05:00",
        "currency": "GBP",
        "purchase_total": 86.40,
        "tax": 6.40,
        "shipping_cost": 8.00,
        "products": [{"id": "TEA-01", "name": "Harbor Tea", "quantity": 2, "price": 36.00}],
        **changes,
    }


def post(running, body, **headers) -> requests.Response:
    """Send orders, or a body as it is."""
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return requests.post(
        f"{running.url}/v2/orders",
        data=data,
        headers=HEADERS | headers,
        timeout=60,
        allow_redirects=False,
    )


def get(running, path: str) -> requests.Response:
    return requests.get(f"{running.url}{path}", headers=HEADERS, timeout=60)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def refusals(answer: requests.Response) -> list[dict]:
    """The orders that a refusal names, in JSON within JSON."""
    assert answer.status_code == 400
    return json.loads(answer.json()["response"])


def test_orders_are_accepted_and_counted(northbeam):
    refund = {"product_id": "TEA-01", "quantity": 1, "refund_amount": 36, "refund_cost": 36}
    refund["refund_made_at"] = "2026-03-20T09:00:00Z"
    answer = post(northbeam, [order("A"), order("B", refunds=[refund], currency="EUR")])
    assert (answer.status_code, answer.json()) == (200, {"message": "Orders received"})
    counts = northbeam.counts()
    assert counts["bytes"] == len(answer.request.body)
    expected = {"orders": 2, "products": 2, "refunds": 1, "requests": 1, "writes": 2}
    assert counts.items() >= expected.items()
    assert counts["revenue"] == {"EUR": "86.4", "GBP": "86.4"}


def test_orders_are_kept_exactly_as_they_were_received(northbeam):
    text = json.dumps(order()).replace("86.4", "86.4000000000000000001").replace(", ", " ,\n")
    assert post(northbeam, f" [{text} ,\n{json.dumps(order('B'))} ] ").status_code == 200
    assert get(northbeam, "/v2/orders/HB-1").text == text
    assert northbeam.texts() == [json.dumps(order("B")), text.replace("\n", " ")]


def test_revenue_is_exact(northbeam):
    texts = [json.dumps(order(f"{n}")).replace("86.4", "99999999999999.10") for n in range(1000)]
    assert post(northbeam, f"[{','.join(texts)}]").status_code == 200
    assert northbeam.counts()["revenue"] == {"GBP": "99999999999999100.00"}


def test_whatever_was_taken_is_counted(northbeam):
    text = json.dumps(order(customer_name="?")).replace('"?"', '"half a pair: \\ud83d"')
    assert post(northbeam, f"[{text}]").status_code == 200
    counts = northbeam.counts()
    assert (counts["orders"], counts["revenue"]) == (1, {"GBP": "86.4"})


def test_a_later_order_replaces_an_earlier_one(northbeam):
    post(northbeam, [order(tax=1), order("B")])
    post(northbeam, [order(tax=2)])
    assert northbeam.orders() == [order("B"), order(tax=2)]
    assert northbeam.writes() == {"B": 1, "HB-1": 2}
    assert [write["request"] for write in northbeam.writes_of("HB-1")] == [1, 2]


def test_of_two_orders_with_one_id_in_a_call_the_later_stays(northbeam):
    assert post(northbeam, [order(tax=1), order(tax=2)]).status_code == 200
    assert northbeam.orders() == [order(tax=2)]
    assert northbeam.writes() == {"HB-1": 1}


def test_a_call_whose_client_leaves_before_its_end_keeps_nothing(northbeam):
    lines = [f"{name}: {value}" for name, value in HEADERS.items()]
    head = "\r\n".join(["POST /v2/orders HTTP/1.1", *lines, "Content-Length: 9000", "", "[{"])
    address = northbeam.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as client:
        client.sendall(head.encode())
    wait_until(lambda: northbeam.counts()["answers"] == {"disconnected": 1})
    assert northbeam.counts()["orders"] == 0


def test_needless_writes_are_counted(northbeam):
    for tax in (1, 1, 2, 1):
        post(northbeam, [order(tax=tax), order(f"new-{tax}")])
    assert northbeam.counts()["needless_writes"] == 1 + 2


def test_an_order_is_read_back_by_any_id(northbeam):
    post(northbeam, [order("a/b c?é")])
    assert get(northbeam, "/v2/orders/a%2Fb%20c%3F%C3%A9").json() == order("a/b c?é")
    assert get(northbeam, "/v2/orders/unknown").status_code == 404


def rows(answer: requests.Response) -> list[dict]:
    """What is read back: JSON within a JSON text."""
    assert answer.headers["Content-Type"].startswith("text/html")
    return json.loads(answer.json())


def test_orders_are_read_back_by_utc_date_without_the_last_day(northbeam):
    post(northbeam, [order("late", time_of_purchase="2026-03-14T23:00:00-05:00"), order("early")])
    days = "/v2/orders?start_date=2026-03-14&end_date={}"
    (early,) = rows(get(northbeam, days.format("2026-03-15")))
    assert early["order_id"] == "early"
    assert (early["is_cancelled"], early["is_deleted"], "products" in early) == (False,) * 3
    assert [row["order_id"] for row in rows(get(northbeam, days.format("2026-03-16")))] == [
        "early",
        "late",
    ]
    assert rows(get(northbeam, days.format("2026-03-14"))) == []
    assert get(northbeam, days.format("tomorrow")).status_code == 400
    assert get(northbeam, "/v2/orders?start_date=2026-03-14").status_code == 400


def test_what_is_read_back_is_cut_off_at_a_thousand_rows(northbeam):
    for part in range(2):
        post(northbeam, [order(f"{part}-{n}") for n in range(600)])
    path = "/v2/orders?start_date=2026-03-14&end_date=2026-03-15"
    assert len(rows(get(northbeam, path))) == 1000


def test_one_invalid_order_refuses_the_call_and_nothing_is_kept(northbeam):
    wrong = order("B", currency="gbp", tax="6.40", unheard=1)
    named = refusals(post(northbeam, [order("A"), wrong, order("C", products=[{"id": "T"}])]))
    where = {(problem["order_id"], problem["json_path"]) for problem in named}
    assert where == {
        ("B", "$[1].currency"),
        ("B", "$[1].tax"),
        ("B", "$[1]"),
        ("C", "$[2].products[0]"),
    }
    assert all(problem["message"] for problem in named)
    counts = northbeam.counts()
    assert (counts["orders"], counts["refused_requests"]) == (0, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"time_of_purchase": "2026-03-14 18:42"},
        {"time_of_purchase": "2026-02-30T00:00:00Z"},
        {"order_id": ""},
        *({"customer_ip_address": each} for each in ("999.999.999.999", "1.2.3.04", "::::", "x")),
        *(
            {"customer_email": each}
            for each in ("a..b@x.com", ".a@x.com", "a@x.com\n", "A <a@x.com>")
        ),
        {
            "refunds": [
                {"product_id": "T", "quantity": 1, "refund_amount": 1, "refund_made_at": NOON}
            ]
        },
        {"customer_email": "a@b.example", "hashed_customer_email": "0" * 64},
        {"products": []},
        {"purchase_total": 1e400},
        {"discount_codes": ["A", "A"]},
        {"customer_name": None},
    ],
)
def test_what_the_contract_forbids_is_refused(northbeam, changes):
    body = json.dumps([order() | changes]).replace("Infinity", "1e400")
    assert refusals(post(northbeam, body))[0]["order_id"] == changes.get("order_id", "HB-1")


def test_an_order_without_an_id_is_refused_without_a_name(northbeam):
    nameless = order()
    del nameless["order_id"]
    answer = post(northbeam, [nameless])
    assert answer.json()["response"] == '"order_id" is a required property'


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_phone_number": "1112223333"},
        {"customer_shipping_address": {"zip": "", "state": "", "country_code": "HKG"}},
        {"customer_name": "n" * 256},
        {"purchase_total": -1, "currency": "HRK"},
        *({"customer_ip_address": each} for each in ("1.2.3.4", "::1", "::ffff:1.2.3.4")),
    ],
)
def test_what_the_vendor_takes_is_taken_although_we_send_it_not(northbeam, changes):
    assert post(northbeam, [order(**changes)]).status_code == 200


def test_two_equal_orders_in_a_call_are_refused_and_two_versions_are_not(northbeam):
    answer = post(northbeam, [order("A"), order("B"), order("A")])
    assert (answer.status_code, answer.json()["status"]) == (400, "400")
    assert post(northbeam, [order("A"), order("A", tax=0)]).status_code == 200


def test_too_many_orders_are_refused_without_being_repeated(northbeam):
    response = post(northbeam, [order(f"HB-{n}") for n in range(1001)]).json()["response"]
    assert (len(response) < 100, "HB-" in response, "1,001" in response) == (True, False, True)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_call_that_is_not_said_to_be_json_is_refused(northbeam, kind):
    assert post(northbeam, [order()], **{"Content-Type": kind}).status_code == 415
    assert northbeam.counts()["orders"] == 0
    kind = "Application/JSON; charset=utf-8"
    assert post(northbeam, [order()], **{"Content-Type": kind}).status_code == 200


def patched(running, *entries: dict) -> requests.Response:
    url = f"{running.url}/v2/orders"
    return requests.patch(url, json=list(entries), headers=HEADERS, timeout=60)


def test_a_patch_changes_the_given_fields_and_one_wrong_entry_refuses_all(northbeam):
    post(northbeam, [order("A", customer_name="Ann"), order("B")])
    entry = {"order_id": "A", "customer_id": "cust-1"}
    changes = {"customer_name": None, "order_tags": ["x"]}
    assert patched(northbeam, entry | changes).json() == {"message": "Orders received"}
    held = get(northbeam, "/v2/orders/A").json()
    assert held == order("A", order_tags=["x"]) | {"customer_id": "cust-1"}
    for wrong in (
        {"order_id": "C"},
        {"products": []},
        {"time_of_purchase": None},
        {"customer_ip_address": "x"},
    ):
        refused = patched(northbeam, entry | {"tax": 1}, entry | wrong)
        assert refused.status_code == 400
    assert get(northbeam, "/v2/orders/A").json() == held


def test_aliases_are_added_to_known_orders(northbeam):
    post(northbeam, [order("A")])

    def add(order_id: str, *ids: str) -> int:
        entries = [{"order_id": order_id, "type": "custom:till", "id": each} for each in ids]
        url = f"{northbeam.url}/v2/orders/aliases"
        body = {"aliases": entries}
        return requests.post(url, json=body, headers=HEADERS, timeout=60).status_code

    assert (add("A", "1", "2"), add("A", "2"), add("B", "1"), add("A", "")) == (200, 200, 404, 400)
    aliases = get(northbeam, "/v2/orders/A").json()["alternate_order_ids"]
    assert [each["id"] for each in aliases] == ["1", "2"]


@pytest.mark.parametrize("body", ["[]", "{}", '"x"', json.dumps([order("A")] * 1001)])
def test_what_is_no_list_of_1_to_1000_orders_is_refused_in_plain_text(northbeam, body):
    answer = post(northbeam, body)
    assert answer.status_code == 400
    assert answer.json()["response"]


@pytest.mark.parametrize(
    "body",
    ["", "[{]", "[1,]", "[1] 2", "[NaN]", b"[\xff]", "[" * 100_000, '[{"order_id":"\\ud800"}]'],
    ids=["empty", "broken", "comma", "more", "nan", "no-utf-8", "deep", "surrogate"],
)
def test_what_is_no_json_is_refused_without_a_word(northbeam, body):
    answer = post(northbeam, body)
    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize("header", ["Authorization", "Data-Client-ID"])
@pytest.mark.parametrize("value", [None, ""])
def test_both_headers_are_needed(northbeam, header, value):
    assert post(northbeam, [order()], **{header: value}).status_code == 401
    assert northbeam.counts()["answers"] == {"401": 1}


def test_only_the_given_credentials_are_accepted():
    with sandbox("--api-key", "key", "--client-id", "client") as northbeam:
        assert post(northbeam, [order()]).status_code == 200
        assert post(northbeam, [order()], Authorization="other").status_code == 401
        assert post(northbeam, [order()], **{"Data-Client-ID": "other"}).status_code == 401
        wrong = {"Authorization": "clé".encode(), "Data-Client-ID": "client"}
        for path in ("/v2/orders/HB-1", "/v2/orders?start_date=2026-03-14&end_date=2026-03-15"):
            answer = requests.get(northbeam.url + path, headers=wrong, timeout=60)
            assert answer.status_code == 401


def test_a_body_over_the_limit_is_refused_with_and_without_its_length():
    with sandbox("--max-bytes", "1000") as northbeam:
        assert post(northbeam, b" " * 5_000_000).status_code == 413
        chunked = requests.post(
            f"{northbeam.url}/v2/orders",
            data=iter([b" " * 900] * 1000),
            headers=HEADERS,
            timeout=60,
        )
        assert chunked.status_code == 413
        assert post(northbeam, [order()]).status_code == 200


def test_calls_over_the_byte_budget_are_told_to_wait():
    with sandbox("--enforce-budget") as northbeam:
        assert post(northbeam, b" " * 29_900_000 + json.dumps([order()]).encode()).ok
        answer = post(northbeam, b" " * 200_000)
        seconds = int(answer.headers["Retry-After"])
        assert answer.status_code == 429
        assert answer.json() == {"error": "rate_limit_error", "retry_after_seconds": seconds}
        assert 50 <= seconds <= 60
        assert post(northbeam, [order()]).status_code == 200
        northbeam.reset()
        assert post(northbeam, b" " * 200_000).status_code == 400


def test_a_budget_gives_bytes_back_when_they_leave_the_window():
    budget = Budget(limit=100, window=60)
    spent = [(60, 0.0), (40, 10.0), (1, 20.0), (60, 59.5), (60, 60.0), (100, 61.0), (40, 70.0)]
    assert [budget.spend(*call) for call in spent] == [0, 0, 40, 1, 0, 59, 0]
    assert Budget(limit=100, window=60).spend(101, 500.0) == 60


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_failing_call_keeps_nothing(northbeam, status):
    northbeam.faults([str(status)])
    assert post(northbeam, [order()]).status_code == status
    counts = northbeam.counts()
    assert (counts["orders"], counts["answers"]) == (0, {str(status): 1})


def test_a_rate_limit_names_seconds_or_a_date(northbeam):
    northbeam.faults(["429"])
    assert post(northbeam, [order()]).headers["Retry-After"] == "3"
    northbeam.faults(["429-date"])
    date = parsedate_to_datetime(post(northbeam, [order()]).headers["Retry-After"])
    assert -2 < date.timestamp() - time.time() <= 3


@pytest.mark.parametrize("kind", ["reset-before", "reset-after", "stall", "half", "late"])
def test_a_call_that_is_cut_off_gets_no_answer(northbeam, kind):
    northbeam.faults([kind])
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        post(northbeam, [order(tax=number) for number in range(1000)])
    assert northbeam.counts()["orders"] == (kind in {"reset-after", "half", "late"})


def test_a_reset_is_a_real_one(northbeam):
    northbeam.faults(["reset-after"])
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        post(northbeam, [order()])


def test_a_late_call_is_kept_after_the_client_gave_up(northbeam):
    northbeam.faults(["late:1x"])
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{northbeam.url}/v2/orders", json=[order(tax=1)], headers=HEADERS, timeout=(60, 0.2)
        )
    post(northbeam, [order(tax=2)])
    wait_until(lambda: len(northbeam.writes_of("HB-1")) == 2)


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "is_kept"),
    [
        ("stored-500", 500, "application/json", True),
        ("html", 502, "text/html", False),
        ("html-200", 200, "text/html", False),
        ("empty", 200, "application/json", True),
        ("huge", 200, "application/json", True),
        ("redirect", 307, "application/json", False),
        ("slow", 200, "application/json", True),
    ],
)
def test_an_odd_answer_is_given(northbeam, kind, status, content_type, is_kept):
    northbeam.faults([kind])
    answer = post(northbeam, [order()])
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
    assert northbeam.counts()["orders"] == is_kept
    assert northbeam.counts()["answers"] == {kind: 1}


def test_odd_answers_are_as_odd_as_they_say(northbeam):
    northbeam.faults(["empty:1x", "huge:1x"])
    assert post(northbeam, [order()]).content == b""
    assert len(post(northbeam, [order()]).json()["message"]) == 2 * 1024 * 1024
    northbeam.faults(["slow"])
    before = time.monotonic()
    assert post(northbeam, [order()]).json() == {"message": "Orders received"}
    assert time.monotonic() - before > 0.8


def test_whoever_follows_a_redirect_is_seen(northbeam):
    northbeam.faults(["redirect"])
    answer = requests.post(f"{northbeam.url}/v2/orders", headers=HEADERS, timeout=60)
    assert answer.status_code == 404
    assert northbeam.counts()["answers"] == {"followed": 1, "redirect": 1}


@pytest.mark.parametrize("kind", ["stored-500", "empty", "huge", "slow"])
def test_a_fault_never_makes_a_refused_order_look_accepted(northbeam, kind):
    northbeam.faults([kind])
    assert refusals(post(northbeam, [order(tax=None)]))[0]["order_id"] == "HB-1"
    assert northbeam.counts()["answers"] == {"400": 1}


def statuses(running, calls: int) -> list[int]:
    return [post(running, [order()]).status_code for _ in range(calls)]


def test_a_fault_hits_as_many_calls_as_it_says(northbeam):
    northbeam.faults(["503:2x", "500:1x"])
    assert sorted(statuses(northbeam, 5)) == [200, 200, 500, 503, 503]
    northbeam.faults(["503:0.3", "429:0.7"])
    assert set(statuses(northbeam, 40)) == {503, 429}
    northbeam.faults(["503:0"])
    assert set(statuses(northbeam, 5)) == {200}


def test_a_seed_repeats_the_faults():
    drawn = []
    for _ in range(2):
        with sandbox("--seed", "7", "--fault", "503:0.2", "--fault", "500:0.2") as northbeam:
            drawn.append(statuses(northbeam, 30))
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {200, 500, 503}


@pytest.mark.parametrize("faults", [["50"], ["500:2"], ["500:x"], ["500:0.6", "503:0.6"], {}, 5])
def test_senseless_faults_are_refused_and_change_nothing(northbeam, faults):
    northbeam.faults(["503"])
    answer = requests.put(f"{northbeam.url}/sandbox/faults", json=faults, timeout=60)
    assert answer.status_code == 400
    assert get(northbeam, "/sandbox/faults").json() == ["503"]


def test_poisoned_orders_are_refused_by_name(northbeam):
    northbeam.poison(named="^P-")
    named = refusals(post(northbeam, [order("A"), order("P-1"), order("P-2")]))
    assert [(problem["order_id"], problem["json_path"]) for problem in named] == [
        ("P-1", "$[1]"),
        ("P-2", "$[2]"),
    ]
    assert post(northbeam, [order("A")]).status_code == 200
    assert northbeam.orders() == [order("A")]


def test_poisoned_orders_are_refused_without_a_name(northbeam):
    northbeam.poison(unnamed="^P-")
    answer = post(northbeam, [order("A"), order("P-1")])
    assert answer.status_code == 400
    assert "P-1" not in answer.text
    assert post(northbeam, [order("A")]).status_code == 200


def test_everything_can_be_refused_with_one_message(northbeam):
    northbeam.poison(everything="customer_email is needed")
    named = refusals(post(northbeam, [order("A"), order("B")]))
    assert [problem["order_id"] for problem in named] == ["A", "B"]
    assert {problem["message"] for problem in named} == {"customer_email is needed"}


@pytest.mark.parametrize("poison", [{"named": "("}, {"unheard": "A"}, [1]])
def test_senseless_poison_is_refused(northbeam, poison):
    answer = requests.put(f"{northbeam.url}/sandbox/poison", json=poison, timeout=60)
    assert answer.status_code == 400
    broken = requests.put(f"{northbeam.url}/sandbox/poison", data="{", timeout=60)
    assert broken.status_code == 400


def test_an_unknown_destination_is_not_found(northbeam):
    assert get(northbeam, "/sandbox/counts?destination=northbeam").status_code == 200
    assert get(northbeam, "/sandbox/counts?destination=southbeam").status_code == 404
    assert get(northbeam, "/sandbox/health").json() == {"status": "ready"}


def test_latency_delays_each_answer():
    with sandbox("--latency", "300ms") as northbeam:
        before = time.monotonic()
        post(northbeam, [order()])
        assert time.monotonic() - before >= 0.3


def test_a_store_survives_a_restart_and_is_for_its_owner_only(tmp_path):
    file = tmp_path / "orders.db"
    with sandbox("--store", str(file)) as northbeam:
        post(northbeam, [order()])
    with sandbox("--store", str(file)) as northbeam:
        assert northbeam.orders() == [order()]
        post(northbeam, [order()])
        assert [write["request"] for write in northbeam.writes_of("HB-1")] == [1, 2]
        northbeam.process.kill()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with sqlite3.connect(file) as database:
        assert database.execute("select count(*) from writes").fetchone() == (2,)
    database.close()


def test_without_a_store_orders_are_judged_and_forgotten():
    with sandbox("--no-store") as northbeam:
        assert post(northbeam, [order()]).status_code == 200
        assert post(northbeam, [order(tax=None)]).status_code == 400
        counts = northbeam.counts()
        assert (counts["orders"], counts["writes"], counts["requests"]) == (0, 0, 2)


def test_calls_at_once_lose_nothing(northbeam):
    calls = [[order(f"{call}-{n}") for n in range(200)] for call in range(20)]
    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(lambda orders: post(northbeam, orders), calls))
    assert {answer.status_code for answer in answers} == {200}
    assert len(northbeam.orders()) == northbeam.counts()["orders"] == 4000


@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_cleanly_even_while_a_call_stalls(signal_name, capfd):
    with sandbox("--fault", "stall") as northbeam, ThreadPoolExecutor(1) as workers:
        stalled = workers.submit(post, northbeam, [order()])
        time.sleep(0.3)
        northbeam.process.send_signal(signal.Signals[signal_name])
        assert northbeam.process.wait(60) == 0
        assert isinstance(stalled.exception(), requests.ConnectionError)
    assert capfd.readouterr().err == ""


def run(*arguments: str):
    return CliRunner().invoke(command, arguments)


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("--port", str(port))
    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; choose" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fault", "stored-50"], "did you mean 'stored-500'?"),
        (["--fault", "500:often"], "say KIND, KIND:PROBABILITY"),
        (["--setting", "shop"], "'shop' is not a valid setting; write NAME=VALUE"),
        (["--latency", "soon"], "write 80ms, 1.5s or 2m"),
        (["--poison", "("], "is not a valid regular expression"),
        (["--store", "/nowhere/orders.db"], "cannot keep orders in /nowhere/orders.db"),
    ],
)
def test_a_wrong_option_is_said(arguments, message):
    result = run("--port", "0", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_a_store_that_is_no_database_is_said(tmp_path):
    file = tmp_path / "orders.db"
    file.write_text("not a database, and long enough to be seen as none")
    result = run("--port", "0", "--store", str(file))
    assert result.exit_code == 2
    assert "file is not a database" in result.output


def test_a_missing_package_is_said(monkeypatch):
    monkeypatch.delitem(sys.modules, "connector.sandbox.api", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = run("--port", "0")
    assert result.exit_code == 2
    assert "run: pip install 'order-connector[sandbox]'" in " ".join(result.output.split())

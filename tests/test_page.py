"""The dashboard shows what the ledger holds, to authorised users, and changes nothing."""

import csv
import html
import json
import re
import socket

import pytest
import requests

from connector.exceptions import InstallationError
from connector.page.serve import _listen
from tests.page_server import served
from tests.shop import Shop, ended

pytestmark = pytest.mark.measured

REFUND = "('order-000001', 1, 'tea', 1, 5.00, 0.00, timestamptz '2026-02-01 00:00:00Z')"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Thirty orders: one invalid, one refused, one named like a script; payloads are kept."""
    shop.configure(attempts=1, on_removed="cancel", cadence="3h")
    shop.orders(0, 30)
    shop.sql("update northbeam__orders set currency = 'dollar' where order_id = 'order-000003'")
    shop.sql(
        "update northbeam__orders set order_id = $id where order_id = 'order-000004';"
        "update northbeam__products set order_id = $id where order_id = 'order-000004'",
        id=EVIL,
    )
    shop.sandbox.poison(named="order-000005")
    assert shop.sync()["exit_code"] == 1
    shop.sql(
        "update northbeam__orders set tax = 3, customer_name = 'X Y' where order_id = $id", id=EVIL
    )
    return shop


@pytest.fixture
def page(busy: Shop):
    with served(busy.directory) as address:
        yield lambda path, **options: requests.get(address + path, timeout=60, **options)


def words(answer: requests.Response) -> str:
    """What a reader sees, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_now_tells_of_every_account(page):
    told = words(page("/"))
    assert "northbeam" in told
    assert "well delivered 28 refused 1 taken back 0 invalid 1" in told
    assert "Run 1 ended" in told
    assert "next due" in told
    assert "partial failure: northbeam: 1 order refused, 1 order is invalid" in told


def test_runs_are_listed_and_each_has_its_batches(page):
    told = words(page("/runs?days=90"))
    assert "1 northbeam sync" in told
    assert "No run in these days" in words(page("/runs?days=1&page=2"))
    one = words(page("/runs/northbeam/1"))
    assert "HTTP" not in one
    assert "Why orders were refused 1:" in one
    assert "no run 77" in words(page("/runs/northbeam/77"))
    assert page("/runs/other/1").status_code == 400


def test_errors_are_filtered_sorted_searched_and_given_as_csv(page):
    told = words(page("/errors"))
    assert "order-000003" in told
    assert "order-000005" in told
    assert "order-000005" not in words(page("/errors?type=invalid"))
    assert "order-000003" not in words(page("/errors?search=000005"))
    assert "order-000003" not in words(page("/errors?day=2001-01-01"))
    assert "currency.enum" in words(page("/errors?rule=currency.enum"))
    rows = [
        page(f"/errors?sort=order_id&down={down}").text.split('id="errors"')[1]
        for down in ("", "1")
    ]
    orders = [re.findall(r"order-00000\d</a>", text) for text in rows]
    assert orders[0] == orders[1][::-1]
    assert len(orders[0]) == 2
    found = [*csv.DictReader(page("/errors.csv?sort=order_id").text.splitlines())]
    assert [row["order_id"] for row in found] == ["order-000003", "order-000005"]
    assert page("/errors.csv?account=nobody").status_code == 400
    assert page("/errors?account=nobody").status_code == 400


def test_an_order_shows_what_was_sent_last_and_what_differs(page):
    told = words(page("/order", params={"id": EVIL}))
    assert "tax 2 3" in told
    assert "customer_name ••• •••" in told
    assert "delivered 200" in told
    assert "Rows of products" in told
    assert "Harbor Tea" in told
    assert "invalid" not in words(page("/order?id=order-000001"))
    assert "currency.enum" in words(page("/order?id=order-000003&account=northbeam"))
    assert "Not in the view" in words(page("/order?id=nobody"))


def test_customer_data_is_masked_and_each_look_is_logged(page, busy, caplog):
    looks = busy.ledger.with_name("looks.jsonl")
    masked = page("/order?id=order-000001").text
    assert "someone1@mail.example" not in masked
    assert "Some One" not in masked
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}  # on another site
    assert page("/order?id=order-000001&reveal=1", headers=link).text == masked
    assert not looks.exists()
    shown = page("/order?id=order-000001&reveal=1").text
    assert shown.count("someone1@mail.example") == 2  # the payload and the view
    (line,) = looks.read_text().splitlines()
    assert {"account": "northbeam", "order_id": "order-000001"}.items() <= json.loads(line).items()
    assert looks.stat().st_mode & 0o777 == 0o600
    assert "customer data shown" in caplog.text


def test_what_others_wrote_is_escaped(page):
    for path in ("/order?id=" + EVIL, "/errors?search=" + EVIL, "/errors?rule=" + EVIL):
        answer = page(path)
        assert EVIL not in answer.text
        assert "&lt;script&gt;" in answer.text


def test_only_this_machine_may_read_and_nobody_write(page, busy):
    before = busy.ledger.read_bytes()
    answer = page("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in answer.headers
    assert " style=" not in answer.text
    assert "onclick" not in answer.text
    address = answer.url
    assert page("/", headers={"Host": "evil.example"}).status_code == 421
    assert page("/", headers={"Host": "["}).status_code == 421
    assert page("/", headers={"Origin": "http://evil.example"}).status_code == 403
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert page("/", headers=foreign).status_code == 403
    assert page("/", headers=foreign | {"Sec-Fetch-Mode": "navigate"}).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert requests.request(method, address, timeout=60).status_code == 405
    for path in ("/runs", "/errors", "/order?id=order-000001", "/nothing", "/static/page.css"):
        assert page(path).headers["content-security-policy"] == policy
    assert busy.ledger.read_bytes() == before


def test_while_a_run_holds_the_ledger_its_progress_and_the_last_known_state_are_shown(page, busy):
    assert "delivered 28" in words(page("/"))
    assert "order-000003" in words(page("/errors"))
    busy.orders(100, 110)
    with busy.sandbox.silent():
        process = busy.start("sync")
        progress = busy.ledger.with_suffix(".progress.json")
        while not (progress.exists() and b"sending" in progress.read_bytes()):
            assert process.poll() is None
        told = words(page("/"))
        assert "running" in told
        assert "sending: 0 of 11 orders" in told
        assert "A run holds the ledger; this is what was known" in told
        assert "delivered 28" in told
        held = words(page("/errors"))
        assert "A run holds the ledger" in held
        assert "order-000003" in held
        assert "another run holds" in words(page("/runs/northbeam/1"))
    ended(process)
    assert "delivered 38" in words(page("/"))


def test_a_plan_is_worked_out_when_it_is_asked_for(page, busy):
    assert "Not worked out yet" in words(page("/plan"))
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}  # on another site
    assert "Not worked out yet" in words(page("/plan?now=1", headers=link))
    told = words(page("/plan?account=northbeam&now=1"))
    assert "Worked out" in told
    assert "changed 1" in told
    assert "No guard stops it" in told
    assert "tax 1" in told
    assert "customer_name ••• •••" in told
    assert "X Y" not in told
    assert "Worked out" in words(page("/plan"))
    busy.sql("drop table northbeam__orders")
    assert "northbeam__orders" in words(page("/plan?now=1"))
    assert page("/plan?account=nobody").status_code == 400


def test_what_the_views_hold_is_told_by_day_currency_and_column(page, busy):
    busy.sql("update northbeam__orders set time_of_purchase = '2026-01-04' where tax = 3")
    assert "Not worked out yet" in words(page("/data"))
    answer = page("/data?now=1")
    told = words(answer)
    assert "GBP 29 362.50 28 350.00 0 0.00 0.00" in told
    assert "dollar 1 12.50 0 0.00" in told
    assert "2026-01-02 to 2026-01-03 no order on 2 days" in told
    assert "2026-01-04 GBP 1 12.50 1 12.50 \u2013 \u2013" in told
    assert "placed GBP 29 362.50" in told
    assert "e-mail 30 (100.0 %) phone 0 (0.0 %)" in told
    assert "customer_email 30 100.0 %" in told
    assert "orders with products 30 (100.0 %)" in told
    assert "Never verified" in told
    assert answer.text.count('class="hole"') == 2  # the days between
    assert told.index("customer_email") < told.index("time_of_purchase")


def test_what_was_verified_stands_beside_what_was_delivered(page, busy):
    busy.sql(f"insert into northbeam__refunds values {REFUND}")
    verified = busy.run("verify", "--output", "json").json()[0]
    assert verified["equal"] == 27  # one was changed since
    told = words(page("/data?now=1"))
    assert "GBP 29 362.50 28 350.00 27 337.50 362.50" in told
    assert "Last verified" in told
    assert "with refunds GBP 1 \u22125.00" in told
    assert "totals" not in busy.run("status", "--output", "json").json()[0]["last_verification"]
    busy.sandbox.delete("order-000002")
    assert busy.run("verify").code == 1
    assert "GBP 29 362.50 28 350.00 26 325.00 362.50" in words(page("/data?now=1"))


def test_a_port_that_is_taken_and_a_project_that_cannot_be_read_are_told(shop):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(InstallationError, match="choose another port"):
            _listen(port)
    shop.write("destinations: {nobody: {}}")
    shop.run("dashboard", "--port", "0").fails(2, "nobody")
    with served(shop.directory) as address:
        answer = requests.get(address, timeout=60)
    assert (answer.status_code, "nobody" in answer.text) == (400, True)


def test_the_command_serves_until_it_is_ended(shop):
    process = shop.start("dashboard", "--port", "0")
    line = process.stdout.readline()
    assert line.startswith("dashboard ready at http://127.0.0.1:")
    assert "No run yet" in requests.get(line.split()[-1], timeout=60).text
    process.terminate()
    assert ended(process).code == 0

"""The sandbox's page shows what arrived beside the judgement, and its only writes are faults."""

import html
import json
import re

import pytest
import requests

from tests.sandbox_process import measured_sandbox
from tests.test_sandbox import order, post

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def started():
    """Two requests have arrived: one with two valid orders, and one with an invalid order."""
    with measured_sandbox() as running:
        assert post(running, [order(), order(EVIL, tax=7)]).ok
        wrong = [order("HB-2"), order("HB-3", currency="dollar")]
        assert post(running, wrong).status_code == 400
        assert post(running, "no JSON").status_code == 400
        yield running


@pytest.fixture
def page(started):
    return lambda path="/", **options: requests.get(
        f"{started.url}/sandbox/page{path}", timeout=60, **options
    )


def words(answer: requests.Response) -> str:
    """What a reader sees, in one line."""
    assert answer.ok, answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def switched(started, form: dict, **headers: str) -> requests.Response:
    url = f"{started.url}/sandbox/page/faults"
    return requests.post(url, data=form, headers=headers, timeout=60)


def in_force(started, name: str) -> list[str]:
    return requests.get(f"{started.url}/sandbox/faults?destination={name}", timeout=60).json()


def test_the_overview_tells_what_each_destination_holds_and_answered(started, page):
    assert requests.get(started.url, timeout=60).url.endswith("/sandbox/page/")
    told = words(page())
    assert "northbeam orders held 2 writes 2 calls 3" in told
    assert "answered 200 1 answered 400 2" in told
    assert "yespo orders held 0" in told
    assert "Nothing has arrived yet" in told


def test_a_call_is_shown_order_by_order_beside_its_judgement(page):
    assert "1 northbeam" in words(page("/calls"))
    assert "2 northbeam" not in words(page("/calls?answer=200"))
    assert "No such call" in words(page("/calls?destination=yespo&before=77"))
    right, wrong, broken = (words(page(f"/calls/{number}")) for number in (1, 2, 3))
    assert "POST /v2/orders" in right
    assert '"tax": 7' in right
    assert right.count(" kept ") == 2
    assert "refused $[1].currency: " in wrong
    assert "not kept: the call was refused" in wrong
    assert wrong.index("HB-3") < wrong.index("HB-2")  # wrong ones first
    assert "Body no JSON" in broken
    assert "is not kept in full" in words(page("/calls/77"))
    assert words(page("/calls/2?page=9")).count("HB-3") == 1  # in the answer alone


def test_an_order_is_found_with_its_writes(page):
    assert "HB-1" in words(page("/orders?destination=northbeam"))
    assert "HB-1" not in words(page("/orders?destination=northbeam&after=HB-1"))
    assert "No such order" in words(page("/orders?search=HB-3"))
    told = words(page("/order?destination=northbeam&key=HB-1"))
    assert '"purchase_total": 86.4' in told
    assert "Writes call at MD5 of the order 1 20" in told
    assert "Not held" in words(page("/order?key=nobody"))
    assert page("/orders?destination=nobody").status_code == 404


def test_faults_are_switched_on_and_off(started, page):
    origin = {"Origin": started.url}
    on = {"destination": "yespo", "kind": "503", "amount": "0.5"}
    assert "yespo: 503:0.5" in words(switched(started, on, **origin))
    assert in_force(started, "yespo") == ["503:0.5"]
    assert "add up to more than 1" in words(switched(started, on | {"amount": "0.6"}, **origin))
    switched(started, {"destination": "yespo", "off": "503:0.5"}, **origin)
    assert in_force(started, "yespo") == []
    started.faults(["503:1x"])
    assert post(started, [order()]).status_code == 503
    told = words(page("/calls/4"))
    assert "The fault 503 hit this call before it was judged" in told
    assert "not judged what is stored of HB-1" in told


def test_what_others_wrote_is_escaped(page):
    for path in ("/calls/1", "/orders?destination=northbeam", f"/orders?search={EVIL}"):
        answer = page(path)
        assert EVIL not in answer.text
        assert "&lt;script&gt;" in answer.text


def test_no_other_page_may_read_or_switch(started, page):
    on = {"destination": "northbeam", "kind": "503"}
    before = in_force(started, "northbeam")
    evil = {"Origin": "http://evil.example"}
    for headers in ({}, evil, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert switched(started, on, **headers).status_code == 403
    site = {"Origin": started.url, "Sec-Fetch-Site": "same-site"}
    assert switched(started, on, **site).status_code == 403
    assert in_force(started, "northbeam") == before
    assert page(headers={"Host": "evil.example"}).status_code == 421
    assert page(headers=evil).status_code == 403
    policy = page().headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path in ("/", "/calls", "/static/page.css"):
        assert page(path).headers["content-security-policy"] == policy
        url = f"{started.url}/sandbox/page{path}"
        form = requests.post(url, data=on, headers={"Origin": started.url}, timeout=60)
        assert form.status_code == 415  # only the path of faults accepts a form
    large = switched(started, {"off": "x" * 20_000}, Origin=started.url)
    assert large.status_code == 413


def test_only_the_last_calls_are_kept_in_full():
    from connector.sandbox.storage import arrivals  # noqa: PLC0415 - only here

    kept = arrivals.Arrivals()
    given = {
        "destination": "x",
        "method": "POST",
        "target": "/",
        "status": 200,
        "label": "200",
        "fault": None,
    }
    given |= {"problems": (), "is_judged": True, "is_kept": True, "answer": b""}
    large = b"x" * (arrivals.MOST_BYTES // 4)
    for number in range(10):
        kept.note(arrivals.Arrival(number=number, body=large, **given))
    assert [number for number in range(10) if kept.get(number)] == [6, 7, 8, 9]
    for number in range(1000):
        kept.note(arrivals.Arrival(number=number, body=json.dumps(number).encode(), **given))
    assert sum(kept.get(number) is not None for number in range(1000)) == arrivals.MOST
    kept.clear()
    assert kept.get(999) is None

"""What Yespo's odd answers lead to: which orders are sent again, and which are delivered."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import pytest

from connector.delivery.parts import Part, Parts
from tests.shop import Shop
from tests.talking_server import talking

pytestmark = pytest.mark.untraced

VIEWS = """
create table yespo__orders (
    "externalOrderId" varchar, "externalCustomerId" varchar, "totalCost" decimal(18, 2),
    status varchar, date timestamptz, currency varchar, email varchar
);
insert into yespo__orders
select 'order-' || i, 'customer-' || i, 12.50, 'DELIVERED',
    timestamptz '2026-01-01 00:00:00+00' + to_minutes(i), 'EUR', 'someone' || i || '@mail.example'
from range(16) as numbers (i);
"""
CONFIG = """
ledger: .connector/ledger.duckdb
warehouse: {{path: oms.duckdb}}
destinations:
  yespo:
    environment: local
    url: {url}/api/v1/orders
    api_key: ${{YESPO_API_KEY}}
"""
CONFIGURED = """
  northbeam:
    url: {url}/v2/orders
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
"""
JSON = {"Content-Type": "application/json"}


@dataclass
class Yespo:
    """Answers each call by `failures`, a body for calls that hold the bad order."""

    status: int = 200
    failures: bytes = b"{}"
    bad: str = "order-11"
    deleting: tuple = (200, {}, b"")
    deletes: int = 0
    events: Counter[str] = field(default_factory=Counter)

    def __call__(self, headers, body: bytes):
        assert headers["Authorization"] == "Basic dXNlcjpwbGFudGVkLWFwaS1rZXk="
        if not body:
            self.deletes += 1
            return self.deleting
        ids = [order["externalOrderId"] for order in json.loads(body)["orders"]]
        is_bad = self.bad in ids or not self.bad
        self.events.update(each for each in ids if each != self.bad)
        return (self.status, JSON, self.failures) if is_bad else (200, JSON, b"")


@pytest.fixture
def yespo(shop: Shop, monkeypatch) -> Iterator[Yespo]:
    monkeypatch.setenv("YESPO_API_KEY", "planted-api-key")
    shop.sql(VIEWS)
    server = Yespo()
    with talking(server) as talker:
        shop.write(CONFIG.format(url=talker.url))
        yield server


NOBODY = b'{"failedOrders": [{"error": "phone is wrong"}]}'
STRANGER = b'{"failedOrders": [{"order": {"externalOrderId": "X"}, "error": "phone is wrong"}]}'
NAMED = b'{"failedOrders": {"order": {"externalOrderId": "order-11"}, "error": "phone is wrong"}}'


@pytest.mark.parametrize(("failures", "most"), [(NAMED, 1), (NOBODY, 5), (STRANGER, 5)])
def test_one_failed_order_is_found_and_all_others_are_delivered(shop, yespo, failures, most):
    """A named order costs no other a second event; without a name the call is halved."""
    yespo.failures = failures
    summary = shop.sync()
    assert (summary["delivered"], summary["refused"], summary["pending"]) == (15, 1, 0)
    assert set(yespo.events) == {f"order-{i}" for i in range(16)} - {"order-11"}
    assert max(yespo.events.values()) <= most
    assert "phone is wrong" in shop.run("errors", "yespo").out


def test_a_duplicate_is_not_hammered_and_goes_again_with_the_next_run(shop, yespo):
    yespo.status, yespo.failures, yespo.bad = 400, b'{"message": "Duplicated request"}', ""
    result = shop.run("sync", "--output", "json")
    result.fails(4, "16 orders got no answer that tells whether they were taken")
    assert result.summary()["requests"] == 1
    yespo.failures, yespo.status = b"", 200
    summary = shop.sync()
    assert (summary["in_doubt"], summary["delivered"], summary["requests"]) == (16, 16, 1)


def test_nothing_is_sent_again_that_did_not_change(shop, yespo):
    assert shop.sync()["delivered"] == 16
    for _ in range(2):
        assert shop.sync()["requests"] == 0
    assert set(yespo.events.values()) == {1}


def test_contact_data_alone_send_no_closed_order_again(shop, yespo):
    """A new address alone messages nobody; an open order and a new total are sent."""
    yespo.bad = ""
    shop.sql(
        "update yespo__orders set status = 'IN_PROGRESS' where \"externalOrderId\" = 'order-3'"
    )
    assert shop.sync()["delivered"] == 16
    shop.sql("update yespo__orders set email = 'new-' || email")
    assert shop.sync()["delivered"] == 1
    assert (yespo.events["order-3"], yespo.events["order-4"]) == (2, 1)
    shop.sql('update yespo__orders set "totalCost" = 1 where "externalOrderId" = \'order-4\'')
    assert shop.sync()["delivered"] == 1
    assert shop.sync()["delivered"] == 0
    shop.sql("update yespo__orders set email = null where \"externalOrderId\" = 'order-5'")
    assert shop.sync()["unchanged"] == 16
    path = shop.directory / "connector.yml"
    path.write_text(path.read_text() + "    on_contact_change: send\n")
    assert shop.sync()["delivered"] == 16 - 2  # those two were sent with what they have now
    assert shop.sync()["delivered"] == 0


def test_contact_data_alone_send_no_order_again_that_an_earlier_version_sent(shop, yespo):
    """It kept the MD5 of all payloads, and the payload itself."""
    yespo.bad = ""
    shop.sql("update yespo__orders set email = 'Ann \"A\" <ann/é@mail.example>'")
    shop.sql(
        "update yespo__orders set status = 'IN_PROGRESS' where \"externalOrderId\" = 'order-3'"
    )
    assert shop.sync()["delivered"] == 16
    with duckdb.connect(str(shop.ledger)) as ledger:
        ledger.execute(
            "update outcomes set payload_md5 = md5_number(payload), row_hash = 1 "
            "from payloads where payloads.order_id = outcomes.order_id"
        )
    shop.sql("update yespo__orders set email = 'new@mail.example'")
    shop.sql('update yespo__orders set "totalCost" = 1 where "externalOrderId" = \'order-4\'')
    assert shop.sync()["delivered"] == 2
    assert {name for name, times in yespo.events.items() if times > 1} == {"order-3", "order-4"}
    assert shop.sync()["requests"] == 0


def test_needless_events_need_to_be_allowed_in_every_run(shop, yespo):
    """A new status is sent, since Yespo acts on it; earlier events are not repeated."""
    yespo.bad = ""
    shop.sql(VIEWS.split(";")[1].replace("range(16)", "range(16, 150)"))
    shop.sql("update yespo__orders set status = 'IN_PROGRESS'")
    assert shop.sync("--allow-side-effects")["delivered"] == 150
    shop.sql("update yespo__orders set status = 'DELIVERED'")
    assert shop.sync("--yes")["delivered"] == 150
    shop.sql('update yespo__orders set "totalCost" = "totalCost" + 1')
    shop.run("sync", "--yes").fails(6, "150 orders would be sent at once", "--allow-side-effects")
    assert set(yespo.events.values()) == {2}


# Orders that are taken back, by their ids alone.


@pytest.fixture
def gone(shop: Shop, yespo: Yespo) -> Shop:
    """A shop whose 16 orders were delivered, of which the newest 2 have left the view."""
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(settings + "    on_removed: delete\n    guards: {removed_share: 0.5}\n")
    yespo.bad = "nobody"
    assert shop.sync("--allow-side-effects")["delivered"] == 16
    shop.sql("""delete from yespo__orders where "externalOrderId" in ('order-14', 'order-15')""")
    return shop


@pytest.mark.parametrize("status", [200, 204, 404, 410])
def test_an_order_that_is_not_there_is_taken_back(gone, yespo, status):
    yespo.deleting = (status, JSON, b"")
    summary = gone.sync("--yes")
    assert (summary["exit_code"], summary["removals_delivered"]) == (0, 2)


def test_a_page_that_is_not_found_takes_nothing_back(gone, yespo):
    """The path is wrong, or a proxy answers."""
    yespo.deleting = (404, {"Content-Type": "text/html"}, b"<html>Not found</html>")
    gone.run("sync", "--yes").fails(4, "HTTP 404")


@pytest.mark.parametrize("status", [400, 409, 422])
def test_an_order_that_is_not_given_up_is_told_and_not_asked_for_again(gone, yespo, status):
    """Its last sent payload is not shown."""
    words = b'{"message": "someone15@mail.example keeps order-15, someone14@mail.example too"}'
    yespo.deleting = (status, JSON, words)
    first = gone.run("-v", "sync", "--yes", "--output", "json")
    assert (first.code, first.json()[0]["removals_delivered"], yespo.deletes) == (1, 0, 2), first
    again = gone.run("sync", "--yes")
    assert yespo.deletes == 2
    for result in (first, again, gone.run("errors"), gone.run("status")):
        assert "mail.example" not in result.out + result.err
        assert "unexpected" not in result.err


def test_a_crash_in_one_destination_is_told_and_the_next_one_goes_on(gone, monkeypatch):
    """It ends by a bug of ours, whose message may contain anything."""
    northbeam = CONFIGURED.format(url=gone.sandbox.url)
    gone.write((gone.directory / "connector.yml").read_text() + northbeam)
    gone.orders(0, 5)
    body = Parts.body

    def breaks(parts: Parts, part: Part) -> bytes:
        found = body(parts, part)
        if found.startswith(b"order-"):
            raise RuntimeError("planted")
        return found

    monkeypatch.setattr(Parts, "body", breaks)
    result = gone.run("sync", "--yes", "--output", "json")
    crashed, other = result.json()
    assert (result.code, crashed["exit_code"], other["exit_code"]) == (70, 70, 0)
    assert (other["delivered"], crashed["delivered"], crashed["orders"]) == (5, 0, None)
    assert "unexpected builtins.RuntimeError" in crashed["error"]
    assert "planted" not in result.out + result.err
    last, *_ = gone.run("runs", "--destination", "yespo", "--output", "json").json()
    assert last["exit_code"] == 70

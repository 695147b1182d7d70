"""Triple Whale after a sync: one live record per order, whatever is corrected."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest

from connector.http import retry
from tests.shop import Shop
from tests.talking_server import talking

pytestmark = pytest.mark.untraced

VIEWS = """
create table triple_whale__orders (
    order_id varchar, platform varchar, platform_account_id varchar, created_at timestamptz,
    updated_at timestamptz, currency varchar, order_revenue decimal(18, 2), customer__id varchar,
    customer__email varchar, _void boolean
);
create table triple_whale__line_items (
    order_id varchar, _position integer, id varchar, product_id varchar, variant_id varchar,
    quantity integer, price decimal(18, 2)
);
create table triple_whale__refunds (
    order_id varchar, _position integer, refund_id varchar, refunded_at timestamptz,
    total_refund decimal(18, 2)
);
create table triple_whale__refund_line_items (
    order_id varchar, refund_id varchar, _position integer, id varchar, line_item_id varchar,
    variant_id varchar, quantity integer, price decimal(18, 2)
);
insert into triple_whale__orders
select 'order-' || i, 'oms', 'eu', timestamptz '2026-01-01 00:00:00+00' + to_minutes(i),
    timestamptz '2026-02-01 00:00:00+00', 'EUR', 12.50, 'c-' || i, 'a' || i || '@mail.example',
    false
from range(16) as numbers (i);
insert into triple_whale__line_items
select 'order-' || i, 1, 'line-' || i, 'tea', 'tea', 2, 6.25 from range(16) as numbers (i);
insert into triple_whale__refunds
select 'order-' || i, r, 'r' || r, timestamptz '2026-01-09 00:00:00+00', 10.00
from range(2) as numbers (i), range(2) as refunds (r);
insert into triple_whale__refund_line_items
select 'order-' || i, 'r0', 1, 'rl', 'line-' || i, 'tea', 1, 6.25 from range(2) as numbers (i);
"""
CONFIG = """
ledger: .connector/ledger.duckdb
warehouse: {{path: oms.duckdb}}
destinations:
  triple_whale:
    environment: local
    url: {url}/api/v2/data-in/bulk-orders
    shop: gifts.example
    api_key: ${{TRIPLE_WHALE_API_KEY}}
    {options}
"""
JSON = {"Content-Type": "application/json"}
RECEIVED = (200, JSON, b'{"success":true,"message":"orders received"}')
Key = tuple[str, ...]
Answer = tuple[int, dict[str, str], bytes]


def refusal(*errors: dict[str, str]) -> Answer:
    body = {"success": False, "message": "Validation errors", "errors": errors}
    return 400, JSON, json.dumps(body).encode()


@dataclass
class TripleWhale:
    """Keeps records by the seven parts of their key; `answers` may refuse orders by their ids."""

    answers: Callable[[list[str]], Answer] = lambda _: RECEIVED
    records: dict[Key, dict[str, Any]] = field(default_factory=dict)
    calls: list[list[str]] = field(default_factory=list)
    url: str = ""

    def __call__(self, headers, body: bytes) -> Answer:
        assert headers["x-api-key"] == "planted-api-key"
        call = json.loads(body)
        assert list(call) == ["shop", "orders"]
        ids = [order["order_id"] for order in call["orders"]]
        self.calls.append(ids)
        status, kind, words = self.answers(ids)
        refused = {error["order_id"] for error in json.loads(words).get("errors", [])}
        for order in call["orders"] if status in (200, 400) else []:
            if order["order_id"] not in refused:
                self._keep(call["shop"], order)
        return status, kind, words

    def _keep(self, shop: str, order: dict[str, Any]) -> None:
        parts = ("order_id", "created_at", "platform", "platform_account_id")
        key = (shop, *(order[part] for part in parts))
        self.records[key] = order
        for refund in order.get("refunds", []):
            self.records[(*key, refund["refund_id"], refund["refunded_at"])] = refund

    def live(self) -> list[tuple[str, ...]]:
        """The order and refund of every record that counts, without the rest of its key."""
        return sorted(
            (key[1], *key[5:6])
            for key, record in self.records.items()
            if not record.get("void") and not self.records[key[:5]].get("void")
        )


@pytest.fixture
def vendor(shop: Shop, monkeypatch) -> Iterator[TripleWhale]:
    monkeypatch.setenv("TRIPLE_WHALE_API_KEY", "planted-api-key")
    monkeypatch.setattr(retry, "CAP", 0.01)
    shop.sql(VIEWS)
    server = TripleWhale()
    with talking(server) as talker:
        server.url = talker.url
        configure(shop, server)
        yield server


def configure(shop: Shop, vendor: TripleWhale, options: str = "") -> None:
    shop.write(CONFIG.format(url=vendor.url, options=options))


ORDERS = [(f"order-{i}",) for i in range(16)]
REFUNDS = [(f"order-{i}", f"r{r}") for i in range(2) for r in range(2)]


def bad(order_id: str, *errors: dict[str, str]) -> Callable[[list[str]], Answer]:
    """Answers that refuse one order, alone or with other words."""
    return lambda ids: refusal(*errors) if order_id in ids else RECEIVED


# Answers.


def test_a_partial_refusal_costs_one_request_and_only_the_named_order(shop, vendor):
    vendor.answers = bad("order-3", {"order_id": "order-3", "error": "id is required"})
    summary = shop.sync()
    assert (summary["delivered"], summary["refused"], summary["requests"]) == (15, 1, 1)
    assert "id is required" in shop.run("errors", "triple_whale").out
    assert shop.sync()["requests"] == 0


STRANGER = {"order_id": "elsewhere", "error": "price is required"}
NOBODY = {"order_id": "", "error": "price is required"}


@pytest.mark.parametrize("error", [STRANGER, NOBODY])
def test_a_refusal_that_names_none_of_the_call_counts_nothing_until_it_is_clear(
    shop, vendor, error
):
    vendor.answers = bad("order-3", error)
    summary = shop.sync()
    assert (summary["delivered"], summary["refused"], summary["pending"]) == (15, 1, 0)
    assert Counter(map(len, vendor.calls))[16] == 1
    assert "price is required" in shop.run("errors", "triple_whale").out


def test_orders_beside_a_stranger_s_name_are_asked_once_more(shop, vendor):
    """Of two orders, one is named beside an unknown id: the other one may have been accepted."""
    shop.sql("delete from triple_whale__orders where order_id not in ('order-8', 'order-9')")
    shop.sql("delete from triple_whale__line_items where order_id not in ('order-8', 'order-9')")
    shop.sql("delete from triple_whale__refunds")
    shop.sql("delete from triple_whale__refund_line_items")
    named = {"order_id": "order-9", "error": "id is required"}
    vendor.answers = bad("order-9", named, STRANGER)
    summary = shop.sync()
    assert (summary["delivered"], summary["refused"]) == (1, 1)
    assert vendor.calls == [["order-8", "order-9"], ["order-8"]]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, 3, ["api_key is refused", "Orders: Write"]),
        (403, 3, ["the shop is refused", "Settings > Store", "no access"]),
        (404, 4, ["check url in connector.yml"]),
        (500, 4, ["perhaps the shop is not known", "Settings > Store"]),
    ],
)
def test_a_run_that_is_given_up_names_the_likely_cause(shop, vendor, status, code, words):
    configure(shop, vendor, "attempts: 2")
    vendor.answers = lambda _: (status, JSON, b'{"success":false,"message":"its own words"}')
    shop.run("sync").fails(code, *words, "its own words")


def test_a_fault_of_the_envelope_marks_no_order(shop, vendor):
    vendor.answers = lambda _: (400, JSON, b'{"success":false,"message":"shop is malformed"}')
    shop.run("sync").fails(2, "shop is malformed", "no order was marked as refused")
    assert len(vendor.calls) <= 1 + 16  # each alone, since one of them may be accepted
    vendor.answers = lambda _: RECEIVED
    assert shop.sync()["delivered"] == 16


# Identity.


POLICIES = ["on_identity_change: keep", "on_identity_change: replace"]
EARLIER = "created_at = created_at - interval 1 day"
ELSEWHERE = "platform = 'other', platform_account_id = 'other'"


@pytest.mark.parametrize(
    ("policy", "correction"),
    [*((policy, EARLIER) for policy in POLICIES), (POLICIES[1], ELSEWHERE)],
)
def test_a_corrected_key_leaves_one_live_record_an_order_and_a_refund(
    shop, vendor, policy, correction
):
    configure(shop, vendor, policy)
    shop.sync()
    shop.sql(f"update triple_whale__orders set {correction} where order_id <> 'order-7'")
    shop.sync("--yes")
    assert vendor.live() == sorted(ORDERS + REFUNDS)
    shop.sql("update triple_whale__refunds set refunded_at = refunded_at + interval 1 hour")
    shop.sync("--yes")
    assert vendor.live() == sorted(ORDERS + REFUNDS)
    assert shop.sync()["requests"] == 0
    shop.sql("update triple_whale__orders set order_revenue = 20.00 where order_id = 'order-5'")
    shop.sync()
    assert vendor.live() == sorted(ORDERS + REFUNDS)
    (record,) = [r for k, r in vendor.records.items() if k[1] == "order-5" and "void" not in r]
    assert record["order_revenue"] == 20.00


def test_a_time_that_is_corrected_there_and_back_leaves_one_live_refund(shop, vendor):
    configure(shop, vendor, POLICIES[1])
    shop.sync()
    for change in ("+ interval 1 hour", "- interval 1 hour"):
        shop.sql(f"update triple_whale__refunds set refunded_at = refunded_at {change}")
        shop.sync("--yes")
        assert vendor.live() == sorted(ORDERS + REFUNDS)
    configure(shop, vendor, POLICIES[0])
    shop.sql("update triple_whale__orders set order_revenue = 30.00")
    shop.sync("--yes")
    assert vendor.live() == sorted(ORDERS + REFUNDS)


# Removal.


GONE = "delete from triple_whale__refunds where refund_id = 'r0'"
GONE += "; delete from triple_whale__refund_line_items"


@pytest.mark.parametrize(("policy", "kept"), [("report", True), ("take_back", False)])
def test_a_refund_that_is_gone_is_sent_on_or_void(shop, vendor, policy, kept):
    configure(shop, vendor, f"on_cancelled: {policy}")
    shop.sync()
    before = dict(vendor.records)
    shop.sql(GONE)
    shop.sync()
    left = [refund for refund in REFUNDS if kept or refund[1] != "r0"]
    assert vendor.live() == sorted(ORDERS + left)
    for key, record in before.items():
        if key[5:6] == ("r0",):
            assert vendor.records[key] == (record if kept else record | {"void": True})
    shop.sql("update triple_whale__refunds set _position = _position + 1")
    assert shop.sync()["requests"] == 0
    shop.sql("update triple_whale__orders set order_revenue = 13.00")
    shop.sync("--yes")
    assert vendor.live() == sorted(ORDERS + left)


DELETED = "; ".join(
    f"delete from triple_whale__{view} where order_id = 'order-1'"
    for view in ("orders", "line_items", "refunds", "refund_line_items")
)
MARKED = "update triple_whale__orders set _void = {} where order_id = '{}'"


@pytest.mark.parametrize("kept", [True, False])
def test_an_order_that_is_gone_or_marked_is_left_or_void(shop, vendor, kept):
    """It counts again once it is not marked any more; one that never counted is never sent."""
    policies = ("report", "report") if kept else ("void", "take_back")
    configure(shop, vendor, "on_removed: {}\n    on_cancelled: {}".format(*policies))
    shop.sql(MARKED.format("true", "order-3"))
    shop.sync()
    before = {k: record for k, record in vendor.records.items() if k[1] in {"order-0", "order-1"}}
    shop.sql(f"{DELETED}; {MARKED.format('true', 'order-0')}")
    sent = [each for each in ORDERS + REFUNDS if each[0] != "order-3"]
    left = [each for each in sent if kept or each[0] not in {"order-0", "order-1"}]
    for _ in range(2):
        summary = shop.sync("--yes")
        assert vendor.live() == sorted(left)
    assert summary["requests"] == 0
    for key, record in before.items():
        if len(key) == 5:
            assert vendor.records[key] == record | ({} if kept else {"void": True})
    shop.sql(MARKED.format("false", "order-0"))
    shop.sync()
    assert vendor.live() == sorted(each for each in sent if kept or each[0] != "order-1")
    assert "order-3" not in {each for call in vendor.calls for each in call}


def test_a_new_updated_at_alone_sends_nothing(shop, vendor):
    """A bulk job touches every order; its time is sent with the next change."""
    assert shop.sync()["delivered"] == 16
    shop.sql("update triple_whale__orders set updated_at = updated_at + interval 1 day")
    assert shop.sync()["unchanged"] == 16
    shop.sql("update triple_whale__orders set order_revenue = 13 where order_id = 'order-5'")
    assert shop.sync()["delivered"] == 1
    (record,) = [record for key, record in vendor.records.items() if "order-5" in key]
    assert record["updated_at"] == "2026-02-02T00:00:00Z"
    assert shop.sync("--full-scan")["unchanged"] == 16


@pytest.mark.usefixtures("vendor")
def test_an_md5_of_all_that_was_sent_proves_an_order_unchanged(shop):
    """Earlier versions kept that one; nothing is sent again after the update."""
    shop.sync()
    with duckdb.connect(str(shop.ledger)) as ledger:
        ledger.execute(
            "update outcomes set row_hash = 1, payload_md5 = md5_number(payload) "
            "from payloads where payloads.order_id = outcomes.order_id"
        )
    assert shop.sync()["unchanged"] == 16
    shop.sql("update triple_whale__orders set updated_at = updated_at + interval 1 day")
    assert shop.sync()["unchanged"] == 16

"""Cancelled orders count as nothing: from the start, after delivery, and after a return."""

import json
import signal
import time
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from connector.compile import quote
from connector.http import retry
from tests.conformance.examples import CONTRACTS, examples
from tests.conformance.shop import DestinationShop, plant
from tests.delivered import Delivered
from tests.sandbox_process import Sandbox
from tests.shop import ended

pytestmark = pytest.mark.untraced

NAMES = ("northbeam", "triple_whale", "yespo")
STATES = ("placed", "completed", "refunded", "cancelled", "failed", "draft", "abandoned")
NOTHING = ("cancelled", "failed", "draft", "abandoned", "not_an_order")
SENT_AS = {"cancelled": "CANCELLED", "failed": "CANCELLED", "abandoned": "ABANDONED_SHOPPING_CART"}


def make(tmp_path, sandbox: Sandbox, name: str, orders: int = 8) -> DestinationShop:
    plant(CONTRACTS[name])
    shop = DestinationShop(tmp_path, sandbox.at(name), examples(CONTRACTS[name]))
    shop.make()
    shop.orders(0, orders)
    shop.sql(f"update {shop.view('orders')} set _lifecycle = 'placed'")
    shop.configure()
    return shop


def made_and_sent(tmp_path, sandbox: Sandbox, name: str, delivered: Delivered) -> DestinationShop:
    """The same, its eight orders delivered."""
    shop = DestinationShop(tmp_path, sandbox.at(name), examples(CONTRACTS[name]))
    delivered.fill(shop, ("placed", name), lambda: make(tmp_path, sandbox, name).sync())
    return shop


@pytest.fixture(params=NAMES)
def sent(request, tmp_path, sandbox, delivered) -> DestinationShop:
    return made_and_sent(tmp_path, sandbox, request.param, delivered)


@pytest.fixture
def sent_northbeam(tmp_path, sandbox, delivered) -> DestinationShop:
    return made_and_sent(tmp_path, sandbox, "northbeam", delivered)


@pytest.fixture(params=NAMES)
def shop(request, tmp_path, sandbox) -> DestinationShop:
    return make(tmp_path, sandbox, request.param)


@pytest.fixture
def northbeam(tmp_path, sandbox) -> DestinationShop:
    return make(tmp_path, sandbox, "northbeam")


@pytest.fixture
def triple_whale(tmp_path, sandbox) -> DestinationShop:
    return make(tmp_path, sandbox, "triple_whale")


@pytest.fixture
def yespo(tmp_path, sandbox) -> DestinationShop:
    return make(tmp_path, sandbox, "yespo")


def become(shop: DestinationShop, state: str | None, *numbers: int) -> None:
    """Set the state of orders."""
    keys = [shop.key(number) for number in numbers]
    shop.sql(
        f"update {shop.view('orders')} set _lifecycle = $state, _changed_at = now() "
        f"where list_contains($keys, {quote(shop.contract.key)})",
        state=state,
        keys=keys,
    )


def counting(shop: DestinationShop) -> dict[str, Decimal]:
    """The totals at the destination, without orders that do not count."""
    amount, counted = shop.contract.amount, {}
    live = shop.sandbox.live_records() if shop.name == "triple_whale" else None
    for key, order in shop.held().items():
        is_live = live is None or live.get(key)
        if is_live and order.get("status") not in SENT_AS.values() and order[amount]:
            counted[key] = Decimal(str(order[amount]))
    return counted


def numbers(shop: DestinationShop) -> set[int]:
    """The numbers of the orders that count."""
    return {int(key.removeprefix("HB-")) for key in counting(shop)}


def of(summary: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(summary[name] for name in names)


def test_what_counts_for_nothing_never_counts_and_is_taken_back_once(shop):
    """In any case; unknown and missing states count as placed; restored orders count."""
    for number, state in enumerate((None, " Completed ", "refunded", "mystery")):
        become(shop, state, number)
    for number, state in enumerate(("Cancelled", "failed", " draft", "not_an_order"), start=4):
        become(shop, state, number)
    has_status = shop.name == "yespo"
    before = shop.plan()
    first = shop.sync()
    assert of(first, "orders", "not_sent", "taken_back") == (8, 2 if has_status else 4, 0)
    assert of(before, "not_sent", "pending") == of(first, "not_sent", "delivered")
    assert first["exit_code"] == 0
    assert numbers(shop) == {0, 1, 2, 3}
    for number, state in enumerate(NOTHING[:4]):
        become(shop, state, number)
    second = shop.sync()
    assert of(second, "taken_back", "exit_code") == (2 if has_status else 4, 0)
    assert second["delivered"] == (2 if has_status else 0)
    assert numbers(shop) == set()
    assert of(shop.sync("--full"), "taken_back", "exit_code") == (0, 0)
    assert numbers(shop) == set()
    become(shop, "placed", *range(8))
    assert shop.sync("--yes")["exit_code"] == 0
    assert numbers(shop) == set(range(8))
    become(shop, "cancelled", *range(8))
    shop.sync("--yes")
    assert numbers(shop) == set()


def test_northbeam_is_told_no_money_no_refunds_and_a_tag_by_what_is_judged_as_any(sent_northbeam):
    """One is reported, one is refused until accepted, and one is invalid until mended."""
    shop = sent_northbeam
    before = shop.held()[shop.key(0)]
    become(shop, "cancelled", 0, 1, 2)
    currency = "update northbeam__orders set currency = '{}' where order_id = 'HB-000002'"
    shop.sql(currency.format("XXX"))
    shop.sandbox.poison(named=shop.key(1))
    summary = shop.sync()
    assert of(summary, "taken_back", "refused", "invalid", "exit_code") == (1, 1, 1, 1)
    assert_told_nothing(shop.held()[shop.key(0)], before)
    assert "currency.enum" in shop.run("errors", "northbeam").out
    summary = shop.sync()
    assert of(summary, "refused_before", "invalid", "requests", "exit_code") == (1, 1, 0, 1)
    shop.sandbox.poison()
    shop.sql(currency.format("USD"))
    result = shop.run("retry", "northbeam", "--all", "--output", "json")
    assert result.code == 0, result.err
    assert numbers(shop) == set(range(2, 8))
    assert of(shop.sync(), "taken_back", "not_sent", "exit_code") == (1, 2, 0)
    assert numbers(shop) == set(range(3, 8))


def assert_told_nothing(held: dict[str, Any], before: dict[str, Any]) -> None:
    """The last sent payload, without money and refunds, and with a tag."""
    assert before["refunds"]
    money = ("purchase_total", "tax", "shipping_cost", "discount_amount")
    assert [held[name] for name in money] == [0] * 4
    assert {(item["quantity"], item["price"]) for item in held["products"]} == {(0, 0)}
    assert held["order_tags"] == [*before["order_tags"], "cancelled"]
    assert "refunds" not in held
    kept = set(before) - {*money, "products", "order_tags", "refunds"}
    assert {name: held[name] for name in kept} == {name: before[name] for name in kept}


def test_triple_whale_is_told_void_beside_what_was_sent(tmp_path, sandbox, delivered):
    triple_whale = made_and_sent(tmp_path, sandbox, "triple_whale", delivered)
    triple_whale.sql("update triple_whale__orders set order_revenue = 1")
    become(triple_whale, "failed", 0)
    triple_whale.sync("--yes")
    counts = triple_whale.sandbox.counts()
    assert (counts["voided_orders"], counts["void_mismatches"]) == (1, 0)


def test_yespo_is_told_a_status_and_carts_only_on_demand(yespo):
    become(yespo, "cancelled", 0)
    become(yespo, "failed", 1)
    become(yespo, "abandoned", 2)
    become(yespo, "draft", 3)
    assert yespo.sync()["not_sent"] == 2
    yespo.configure(send_abandoned=True)
    summary = yespo.sync()
    assert of(summary, "not_sent", "delivered") == (1, 1)
    statuses = {key: order["status"] for key, order in yespo.held().items()}
    wanted = {0: "CANCELLED", 1: "CANCELLED", 2: "ABANDONED_SHOPPING_CART"}
    assert {number: statuses[yespo.key(number)] for number in wanted} == wanted
    assert yespo.key(3) not in statuses


def test_a_setting_sends_or_leaves_what_is_cancelled(shop):
    become(shop, "cancelled", 0)
    shop.configure(on_cancelled="report")
    assert shop.sync()["not_sent"] == 1
    become(shop, "cancelled", 1)
    assert of(shop.sync(), "not_sent", "taken_back", "requests") == (2, 0, 0)
    assert numbers(shop) == set(range(1, 8))
    shop.configure(on_cancelled="send")
    assert of(shop.sync(), "not_sent", "taken_back", "delivered") == (0, 0, 1)
    assert numbers(shop) == set(range(8))


def lose_answers(shop: DestinationShop) -> None:
    """Sync while every request is accepted and every answer is lost."""
    shop.sandbox.faults(["reset-after:1"])
    assert shop.run("sync", "--allow-side-effects", "--yes", shop.name).code == 4
    shop.sandbox.faults([])


def test_an_order_in_doubt_that_is_cancelled_is_taken_back(shop, monkeypatch):
    """Whether the lost answer was to the delivery or to taking it back."""
    monkeypatch.setattr(retry, "CAP", 0.01)
    shop.configure(attempts=1)
    lose_answers(shop)
    assert numbers(shop) == set(range(8))
    become(shop, "draft", 0)
    summary = shop.sync()
    assert of(summary, "taken_back", "in_doubt", "delivered") == (1, 7, 7)
    assert numbers(shop) == set(range(1, 8))
    become(shop, "draft", 1)
    lose_answers(shop)
    become(shop, "placed", 1)
    assert shop.sync()["in_doubt"] == 1
    assert numbers(shop) == set(range(1, 8))
    become(shop, "draft", 1)
    shop.sync()
    assert of(shop.sync(), "requests", "not_sent") == (0, 2)
    assert numbers(shop) == set(range(2, 8))


def kill_while_it_sends(shop: DestinationShop) -> None:
    """Kill a sync whose request was sent but not answered; the request arrives nevertheless."""
    wire = shop.ledger.with_suffix(".wire")
    before = wire.read_bytes()
    with shop.sandbox.silent():
        process = shop.start("sync", "--allow-side-effects", "--yes", shop.name)
        while wire.read_bytes() == before and process.poll() is None:
            time.sleep(0.02)
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL


def test_a_run_that_is_killed_while_it_takes_back_leaves_what_the_views_say(sent):
    """Some orders come back later; those taken back before raise no further event."""
    shop = sent
    become(shop, "cancelled", 0, 1)
    shop.sync()
    become(shop, "cancelled", 2, 3)
    become(shop, "draft", 4, 5)
    shop.configure(read_timeout=1)  # waits for requests in flight
    kill_while_it_sends(shop)
    shop.configure()
    become(shop, "placed", 3, 5)
    assert shop.sync("--yes")["exit_code"] == 0
    assert numbers(shop) == {3, 5, 6, 7}
    assert of(shop.sync(), "requests", "not_sent") == (0, 1 if shop.name == "yespo" else 4)
    if shop.name == "yespo":
        times = [shop.sandbox.events()[shop.key(number)] for number in range(8)]
        # Requests in flight are in doubt and raise their event once more; no other order does.
        assert times[:2] == [2, 2]
        assert times[6:] == [1, 1]
        assert max(times[2:6]) <= 3


def test_limits_and_ids_choose_among_what_is_taken_back(sent_northbeam):
    northbeam = sent_northbeam
    become(northbeam, "cancelled", 0, 1, 2)
    plan = northbeam.plan("--limit", "1")
    assert of(plan, "taken_back", "pending") == (1, 2)
    summary = northbeam.sync("--limit", "1")
    assert of(summary, "taken_back", "pending", "exit_code") == (1, 2, 0)
    summary = northbeam.sync("--order-id", northbeam.key(2))
    assert of(summary, "taken_back", "pending") == (1, 1)
    assert numbers(northbeam) == {1, *range(3, 8)}
    result = northbeam.run("backfill", "northbeam")
    assert result.code == 0, result.err
    assert numbers(northbeam) == set(range(3, 8))
    assert northbeam.sync()["requests"] == 0


def test_a_model_that_cancels_everything_is_stopped(northbeam):
    northbeam.orders(8, 60)
    northbeam.sync()
    become(northbeam, "cancelled", *range(60))
    northbeam.run("sync").fails(6, "60 of 60 delivered orders", "sent again")
    assert len(numbers(northbeam)) == 60
    assert of(northbeam.sync("--yes"), "taken_back", "exit_code") == (60, 0)


def test_a_dead_letter_that_is_cancelled_is_none_any_more(northbeam):
    northbeam.sandbox.poison(named=northbeam.key(0))
    northbeam.sql("update northbeam__orders set currency = 'XXX' where order_id = 'HB-000001'")
    assert of(northbeam.sync(), "refused", "invalid") == (1, 1)
    become(northbeam, "cancelled", 0, 1)
    assert of(northbeam.sync(), "not_sent", "exit_code") == (2, 0)
    assert northbeam.run("errors", "northbeam", "--output", "json").json() == []
    assert northbeam.run("status", "northbeam", "--output", "json").json()[0]["refused"] == 0


def test_an_optional_field_that_is_bad_is_left_out_of_what_takes_an_order_back(northbeam):
    """Whether the bad value is in the view, or in a payload sent under an older contract."""
    northbeam.configure(on_removed="cancel")
    northbeam.sync()
    become(northbeam, "cancelled", 0)
    northbeam.sql(
        "update northbeam__orders set customer_ip_address = '10.0.0.1, 203.0.113.9' "
        "where order_id = 'HB-000000'"
    )
    with duckdb.connect(northbeam.ledger) as ledger:
        patch = {"customer_email": "ann@mail", "order_tags": ["web", "web"]}
        ledger.execute(
            "update payloads set payload = json_merge_patch(payload, $1) "
            "where order_id in ('HB-000000', 'HB-000001')",
            [json.dumps(patch)],
        )
    northbeam.remove(1)
    summary = northbeam.sync("--yes")
    assert of(summary, "taken_back", "removals_delivered", "refused", "exit_code") == (1, 1, 0, 0)
    for number in (0, 1):
        held = northbeam.held()[northbeam.key(number)]
        assert (held["purchase_total"], held["order_tags"]) == (0, ["web", "cancelled"])
        assert "customer_email" not in held


def test_an_order_that_counts_for_nothing_is_shown_as_such(northbeam):
    become(northbeam, "draft", 0)
    shown = northbeam.run("show", northbeam.key(0), "--output", "json").json()
    assert shown[0]["standing"] == "counts_for_nothing"
    assert "not sent by its state" in northbeam.run("show", northbeam.key(0)).out
    assert "not sent" not in northbeam.run("show", northbeam.key(1)).out


def test_only_orders_that_went_far_enough_are_sent(northbeam):
    northbeam.sync("--order-id", northbeam.key(0))
    northbeam.configure(send_from="completed")
    become(northbeam, "completed", 1, 2)
    become(northbeam, "refunded", 3)
    become(northbeam, "cancelled", 4)
    assert of(northbeam.sync(), "not_sent", "delivered", "exit_code") == (4, 3, 0)
    northbeam.sql("update northbeam__orders set customer_name = 'Another'")
    summary = northbeam.sync("--yes")
    assert of(summary, "not_sent", "delivered") == (4, 4)
    become(northbeam, "completed", 5)
    assert of(northbeam.sync(), "not_sent", "delivered") == (3, 1)
    northbeam.configure(send_from="refunded")
    northbeam.run("sync").fails(2, "send_from", "no order waits", "use placed or completed")
    northbeam.configure(send_from="complete")
    northbeam.run("sync").fails(2, "send_from", "did you mean", "completed")


# One that takes orders back, and one that has a status for them.
@pytest.mark.parametrize("shop", ["northbeam", "yespo"], indirect=True)
def test_a_watermark_finds_what_is_cancelled_and_counts_the_rest(shop):
    options = {"watermark": True, "send_from": "placed"}
    shop.configure(**options)
    become(shop, "draft", 0)
    shop.sync()
    assert of(shop.sync(), "scan", "orders", "not_sent") == ("watermark", 8, 1)
    become(shop, "draft", 1)
    summary = shop.sync()
    assert of(summary, "scan", "orders", "not_sent", "taken_back") == ("watermark", 8, 1, 1)
    shop.sql(f"update {shop.view('orders')} set _changed_at = timestamptz '2020-01-01'")
    shop.sync("--full-scan")
    summary = shop.sync()
    assert of(summary, "scan", "orders", "not_sent") == ("watermark", 8, 2)
    become(shop, "placed", 0, 1)
    assert of(shop.sync(), "scan", "delivered", "not_sent") == ("watermark", 2, 0)
    assert numbers(shop) == set(range(8))


@pytest.mark.parametrize("options", [{"on_cancelled": "report"}, {"send_from": "completed"}])
def test_a_watermark_knows_what_is_left_as_it_is(sent_northbeam, options):
    northbeam = sent_northbeam
    northbeam.configure(watermark=True, **options)
    become(northbeam, "cancelled" if "on_cancelled" in options else "placed", 0, 1)
    become(northbeam, "completed", *range(2, 7))
    northbeam.sql("delete from northbeam__orders where order_id > 'HB-000006'")
    for entity in ("products", "refunds", "alternate_order_ids"):
        northbeam.sql(f"delete from northbeam__{entity} where order_id > 'HB-000006'")
    northbeam.orders(8, 9)
    northbeam.sql("update northbeam__orders set _changed_at = timestamptz '2020-01-01'")
    assert northbeam.sync()["scan"] == "full"
    found = northbeam.sync()
    whole = northbeam.sync("--full-scan")
    assert found["scan"] == "watermark", found["scan_reason"]
    names = ("orders", "not_sent", "unchanged", "requests")
    assert of(found, *names) == of(whole, *names)


def test_the_mark_of_an_earlier_release_is_read_with_a_notice(triple_whale):
    triple_whale.sql("alter table triple_whale__orders drop column _lifecycle")
    triple_whale.sync()
    triple_whale.sql("update triple_whale__orders set _void = true where order_id = 'HB-000000'")
    result = triple_whale.run("sync", "--output", "json")
    assert of(result.summary(), "taken_back", "exit_code") == (1, 0)
    assert "_void is read for this release only" in result.err
    assert numbers(triple_whale) == set(range(1, 8))

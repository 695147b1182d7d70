"""Taking orders back: only as planned, never a second live record, no needless event."""

import signal
import time

import pytest

from connector.ledger.beside.last_request import path_of as wire_of
from tests.conformance.shop import DestinationShop
from tests.shop import ended
from tests.test_records_and_events import ORDERS, made_and_sent

pytestmark = pytest.mark.untraced

FIRST = "where order_id = 'HB-000000'"
MOVE = "update triple_whale__orders set created_at = created_at - interval 1 hour "


@pytest.fixture
def triple_whale(tmp_path, sandbox, delivered) -> DestinationShop:
    policies = {"on_removed": "void", "on_identity_change": "replace", "attempts": 1}
    return made_and_sent(tmp_path, sandbox.at("triple_whale"), delivered, **policies)


@pytest.fixture
def yespo(tmp_path, sandbox, delivered) -> DestinationShop:
    return made_and_sent(tmp_path, sandbox.at("yespo"), delivered, on_removed="cancel", attempts=1)


def live(shop: DestinationShop) -> set[int]:
    return set(shop.sandbox.live_records().values())


def test_an_order_that_came_back_in_doubt_has_one_live_record(triple_whale):
    """It was void, is stored again, its answer is lost, and then its identity changes."""
    triple_whale.remove(0)
    assert triple_whale.sync()["removals_delivered"] == 1
    triple_whale.orders(0, 1)
    triple_whale.sandbox.faults(["reset-after"])
    assert triple_whale.sync()["exit_code"] == 4
    triple_whale.sandbox.faults([])
    triple_whale.configure(
        on_removed="void", on_identity_change="replace", read_timeout=0.1, attempts=1
    )
    triple_whale.sql(MOVE + FIRST)
    assert triple_whale.sync()["exit_code"] == 0
    assert live(triple_whale) == {1}
    assert len(triple_whale.sandbox.live_records()) == ORDERS


def test_a_limit_takes_back_only_what_it_sends(triple_whale):
    triple_whale.sql(MOVE + "where order_id < 'HB-000003'")
    summary = triple_whale.sync("--limit", "1")
    assert (summary["removals_delivered"], summary["delivered"]) == (1, 1)
    assert len(triple_whale.sandbox.live_records()) == ORDERS
    assert triple_whale.sync()["removals_delivered"] == 2
    assert live(triple_whale) == {1}


def test_what_took_the_place_of_a_removal_is_counted_once(triple_whale):
    """By watermark, numbers of orders show that one is gone."""
    stamp = "update triple_whale__orders set _changed_at = timestamptz '2026-03-2{}'"
    policy = {"on_removed": "void", "on_identity_change": "replace", "watermark": True}
    triple_whale.configure(**policy, attempts=1)
    triple_whale.sql(stamp.format(1))
    assert triple_whale.sync()["exit_code"] == 0
    triple_whale.sql(f"{MOVE}{FIRST}; {stamp.format(2)} {FIRST}")
    summary = triple_whale.sync()
    assert (summary["scan"], summary["removals_delivered"]) == ("watermark", 1)
    assert triple_whale.plan()["scan"] == "watermark"
    triple_whale.remove(1)
    assert triple_whale.sync()["removals_delivered"] == 1


def test_a_backfill_replaces_as_a_sync_does(triple_whale):
    triple_whale.sql(MOVE + "where order_id < 'HB-000003'")
    assert triple_whale.run("backfill", "triple_whale").code == 0
    assert live(triple_whale) == {1}
    assert len(triple_whale.sandbox.live_records()) == ORDERS
    assert triple_whale.sync()["requests"] == 0


def test_a_refused_removal_is_told_while_it_stands_and_can_be_tried_again(triple_whale):
    triple_whale.remove(0)
    triple_whale.sandbox.poison(named="HB-000000")
    first = triple_whale.sync()
    again = triple_whale.sync()
    for summary in (first, again):
        assert (summary["removals_refused"], summary["exit_code"]) == (1, 1)
    assert again["requests"] == 0
    errors = triple_whale.run("errors", "triple_whale", "--output", "json").json()
    assert [error["order_id"] for error in errors if error["type"] == "refused"] == ["HB-000000"]
    triple_whale.sandbox.poison()
    retried = triple_whale.run(
        "retry", "triple_whale", "--order-id", "HB-000000", "--output", "json"
    )
    assert retried.summary()["removals_delivered"] == 1
    assert triple_whale.sandbox.live_records()["HB-000000"] == 0
    assert triple_whale.sync()["exit_code"] == 0


def test_an_order_that_was_refused_as_was_its_removal_goes_once_in_a_retry(triple_whale):
    triple_whale.sandbox.poison(named=triple_whale.key(0))
    triple_whale.remove(0)
    assert triple_whale.sync()["removals_refused"] == 1
    triple_whale.orders(0, 1)
    triple_whale.sql(f"update triple_whale__orders set source_name = 'phone' {FIRST}")
    assert triple_whale.sync()["refused"] == 1
    triple_whale.sandbox.poison()
    result = triple_whale.run("retry", "triple_whale", "--all", "--output", "json").summary()
    assert (result["planned"], result["delivered"]) == (1, 1)
    assert triple_whale.sync()["requests"] == 0


def test_an_order_whose_old_record_stays_is_not_sent_anew(triple_whale):
    triple_whale.sql(MOVE + FIRST)
    triple_whale.sandbox.poison(named="HB-000000")
    for _ in range(2):
        result = triple_whale.run("sync", "--output", "json")
        assert "Error" not in result.err, result.err
        summary = result.summary()
        assert (summary["removals_refused"], summary["pending"], summary["exit_code"]) == (1, 1, 1)
    triple_whale.sandbox.poison()
    assert triple_whale.sync()["delivered"] == 0
    assert live(triple_whale) == {1}
    assert triple_whale.run("retry", "triple_whale", "--all").code == 0
    assert live(triple_whale) == {1}
    assert triple_whale.sync()["requests"] == 0


def test_a_refused_removal_that_nothing_asks_for_any_more_is_no_error(triple_whale):
    """One is gone, one does not count; the settings give up neither."""
    policy = {"on_removed": "report", "on_cancelled": "report", "on_identity_change": "replace"}
    triple_whale.configure(**policy, attempts=1)
    triple_whale.sql(MOVE + "where order_id < 'HB-000002'")
    triple_whale.sandbox.poison(named="HB-00000[01]")
    assert (triple_whale.sync()["removals_refused"], triple_whale.sync()["exit_code"]) == (2, 1)
    triple_whale.sandbox.poison()
    triple_whale.remove(1)
    triple_whale.sql(f"update triple_whale__orders set _lifecycle = 'draft' {FIRST}")
    assert triple_whale.sync()["exit_code"] == 0
    errors = triple_whale.run("errors", "triple_whale", "--output", "json").json()
    assert [error for error in errors if error["type"] == "refused"] == []


def test_what_is_cancelled_already_is_not_cancelled_again(yespo):
    cancel = "update yespo__orders set status = 'CANCELLED' where \"externalOrderId\" = '{}'"
    yespo.sql(cancel.format(yespo.key(0)))
    yespo.sync()
    yespo.remove(0)
    for _ in range(2):
        assert (yespo.sync()["removals"], yespo.sandbox.events()[yespo.key(0)]) == (0, 2)
    yespo.orders(0, 1)
    yespo.sql(cancel.format(yespo.key(0)))
    assert yespo.sync()["requests"] == 0
    assert yespo.sandbox.counts()["needless_events"] == 0


def test_what_was_cancelled_for_being_gone_and_comes_back_cancelled_is_not_sent(yespo):
    """The patch rewrote its numbers, so that values are compared and not bytes."""
    yespo.remove(0)
    yespo.remove(1)
    assert yespo.sync()["removals_delivered"] == 2
    yespo.orders(0, 2)
    cancel = "update yespo__orders set status = 'CANCELLED' where \"externalOrderId\" = '{}'"
    yespo.sql(cancel.format(yespo.key(0)))
    assert yespo.sync()["delivered"] == 1  # the one that comes back unchanged
    assert yespo.sandbox.events()[yespo.key(0)] == 2
    assert yespo.sync()["requests"] == 0
    yespo.sql(cancel.format(yespo.key(1)))
    assert yespo.sync()["delivered"] == 1  # it was delivered again since, so this is a change


def test_a_draft_that_was_taken_back_is_not_cancelled_once_more(yespo):
    """Whatever `on_removed` is, a draft is taken back as cancelled."""
    yespo.configure(on_removed="report")
    draft = "update yespo__orders set _lifecycle = '{}' where \"externalOrderId\" = '{}'"
    for state in ("draft", "cancelled", "draft", "cancelled"):
        yespo.sql(draft.format(state, yespo.key(0)))
        yespo.sync()
        assert yespo.sandbox.events()[yespo.key(0)] == 2, state
    yespo.configure(on_removed="cancel")
    yespo.remove(0)
    assert yespo.sync()["requests"] == 0
    assert yespo.sandbox.counts()["needless_events"] == 0


def doubled(shop: DestinationShop, orders: int) -> None:
    """Give the first orders a second record each."""
    for number in range(orders):
        shop.sandbox.add(shop.key(number), created_at="2026-03-14T10:00:00Z")


def repaired(shop: DestinationShop, *arguments: str) -> dict:
    return shop.run("verify", "--repair", "--output", "json", *arguments).json()[0]["repair"]


def test_a_repair_that_is_killed_leaves_no_order_behind(triple_whale):
    """The second record was taken back, but perhaps that was not recorded."""
    doubled(triple_whale, 1)
    wire = wire_of(triple_whale.ledger)
    before, writes = wire.read_bytes(), triple_whale.sandbox.counts()["writes"]
    process = triple_whale.start("--quiet", "verify", "--repair")
    while wire.read_bytes() == before and process.poll() is None:
        time.sleep(0.01)
    while triple_whale.sandbox.counts()["writes"] == writes and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    ended(process)
    triple_whale.configure(on_identity_change="replace", read_timeout=0.1, attempts=1)
    assert triple_whale.sync()["exit_code"] == 0
    assert triple_whale.run("verify").code == 0
    assert live(triple_whale) == {1}
    assert len(triple_whale.sandbox.live_records()) == ORDERS


def test_a_repair_of_doubles_is_guarded_and_sends_no_order_whose_second_record_stays(triple_whale):
    doubled(triple_whale, 13)
    found = repaired(triple_whale)
    assert (found["exit_code"], found["removals"], found["removals_delivered"]) == (6, 13, 0)
    assert "13 of 60 delivered orders (22%, allowed 5%) stand there" in found["error"]
    triple_whale.sandbox.poison(named="HB-000000")
    found = repaired(triple_whale, "--yes")
    assert (found["removals_refused"], found["delivered"], found["exit_code"]) == (1, 12, 1)
    triple_whale.sandbox.poison()
    assert repaired(triple_whale)["delivered"] == 1
    assert live(triple_whale) == {1}
    assert triple_whale.sync()["requests"] == 0

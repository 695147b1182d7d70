"""After a sync to Triple Whale and Yespo: one live record per order, no needless event."""

from typing import Any

import pytest

from tests.conformance.examples import CONTRACTS, examples
from tests.conformance.shop import DestinationShop, plant
from tests.delivered import Delivered
from tests.sandbox_process import Sandbox

pytestmark = pytest.mark.untraced

ORDERS = 60
CORRECTED = 50
POLICIES = ["keep", "replace"]


def make(tmp_path, sandbox: Sandbox, name: str) -> DestinationShop:
    plant(CONTRACTS[name])
    shop = DestinationShop(tmp_path, sandbox.at(name), examples(CONTRACTS[name]))
    shop.make()
    shop.orders(0, ORDERS)
    return shop


def made_and_sent(tmp_path, sandbox: Sandbox, delivered: Delivered, **options) -> DestinationShop:
    """The same with these options, all of its orders delivered."""
    name = sandbox.destination
    shop = DestinationShop(tmp_path, sandbox, examples(CONTRACTS[name]))

    def deliver() -> None:
        make(tmp_path, sandbox, name).configure(**options)
        assert shop.sync()["delivered"] == ORDERS

    delivered.fill(shop, (ORDERS, name, *options.items()), deliver)
    return shop


@pytest.fixture
def triple_whale(tmp_path, sandbox, delivered) -> DestinationShop:
    policies = {"on_removed": "void", "on_identity_change": "keep"}
    return made_and_sent(tmp_path, sandbox.at("triple_whale"), delivered, **policies)


@pytest.fixture
def yespo(tmp_path, sandbox, delivered) -> DestinationShop:
    return made_and_sent(tmp_path, sandbox.at("yespo"), delivered)


def duplicates(counts: dict[str, Any]) -> set[int]:
    """Everything that must not exist: second records, now or in between, and wrong voids."""
    return {
        counts["orders_that_ever_had_several"],
        counts["refunds_with_several_records"],
        counts["void_mismatches"],
    }


@pytest.mark.parametrize("policy", POLICIES)
def test_corrected_times_leave_one_live_record_an_order_and_a_refund(
    tmp_path, sandbox, delivered, policy
):
    at, policies = sandbox.at("triple_whale"), {"on_removed": "void", "on_identity_change": policy}
    triple_whale = made_and_sent(tmp_path, at, delivered, **policies)
    before = triple_whale.sandbox.counts()
    later = "interval 1 hour where order_id < 'HB-000050'"
    triple_whale.sql(f"update triple_whale__orders set created_at = created_at - {later}")
    triple_whale.sync("--yes")
    triple_whale.sql(f"update triple_whale__refunds set refunded_at = refunded_at + {later}")
    triple_whale.sync("--yes")
    after = triple_whale.sandbox.counts()
    assert set(triple_whale.sandbox.live_records().values()) == {1}
    assert duplicates(after) == {0}
    assert after["voided_orders"] == (CORRECTED if policy == "replace" else 0)
    same = ("orders", "refunds", "revenue")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert triple_whale.sync()["requests"] == 0


def test_of_each_order_the_payload_that_was_sent_last_is_kept(triple_whale):
    few = "where order_id < 'HB-000003'"
    triple_whale.sql(f"update triple_whale__orders set source_name = 'phone' {few}")
    assert triple_whale.sync("--yes")["delivered"] == 3
    kept = "select run_id, count(*) from ledger.payloads group by run_id order by run_id"
    assert triple_whale.remembered(kept) == [(1, ORDERS - 3), (2, 3)]


def test_what_is_gone_is_void_and_nothing_else(triple_whale):
    triple_whale.remove(0)
    cancelled = "set _lifecycle = 'cancelled' where order_id = 'HB-000001'"
    triple_whale.sql(f"update triple_whale__orders {cancelled}")
    gone = "where order_id = 'HB-000002' and refund_id = 'RF-772'"
    triple_whale.sql(f"delete from triple_whale__refund_line_items {gone}")
    triple_whale.sql(f"delete from triple_whale__refunds {gone}")
    triple_whale.sync()
    counts = triple_whale.sandbox.counts()
    assert (counts["orders"], counts["voided_orders"]) == (ORDERS - 2, 2)
    assert (counts["refunds"], counts["voided_refunds"]) == (2 * ORDERS - 5, 5)
    assert duplicates(counts) == {0}
    assert triple_whale.sync()["requests"] == 0


def test_syncs_without_changes_raise_no_event(yespo):
    first = yespo.sandbox.events()
    assert set(first.values()) == {1}
    for _ in range(3):
        yespo.sync()
    assert (yespo.sandbox.events(), yespo.sandbox.counts()["requests"]) == (first, 1)


@pytest.mark.parametrize(
    ("policy", "held", "events"), [("cancel", ORDERS, 2), ("delete", ORDERS - 1, 1)]
)
def test_an_order_that_is_gone_is_cancelled_with_one_event_or_deleted_with_none(
    tmp_path, sandbox, delivered, policy, held, events
):
    yespo = made_and_sent(tmp_path, sandbox.at("yespo"), delivered, on_removed=policy)
    yespo.remove(7)
    yespo.sync()
    assert (len(yespo.held()), yespo.sandbox.events()[yespo.key(7)]) == (held, events)
    counts = yespo.sandbox.counts()
    assert (counts["needless_events"], counts["deletions"]) == (0, ORDERS - held)
    assert yespo.sync()["requests"] == 0

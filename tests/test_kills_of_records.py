"""Killed syncs at Triple Whale and Yespo: one live record per order, no needless event."""

import json
import random
import signal
import time
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from connector.compile import quote
from connector.ledger.beside.last_request import path_of as wire_of
from tests.conformance.examples import CONTRACTS, examples
from tests.conformance.shop import DestinationShop, plant
from tests.sandbox_process import sandbox
from tests.shop import ended

pytestmark = pytest.mark.untraced

ORDERS = 12
LATENCY = 0.3  # seconds, of each request
WAYS = ("-q", "sync", "--yes", "--allow-side-effects")
# Killed runs wait for late requests as long as in other tests.
SHORT = "import connector.payloads.late as late; late.SLACK = -59.5"
OPTIONS = {
    "triple_whale": {"on_removed": "void", "on_identity_change": "replace"},
    "yespo": {"on_removed": "cancel"},
}
# What edits an order, and what else changes when it comes back: at Triple Whale its identity.
EDITS = {
    "triple_whale": ("source_name = $text", "created_at = created_at - to_hours($hours)"),
    "yespo": ('"statusDescription" = $text', "source = 'back ' || $hours"),
}


@pytest.fixture(scope="module")
def slow_sandbox():
    with sandbox("--latency", f"{LATENCY}s") as running:
        yield running


@pytest.fixture(params=sorted(OPTIONS))
def shop(tmp_path, slow_sandbox, request) -> DestinationShop:
    slow_sandbox.reset()
    plant(CONTRACTS[request.param])
    destination = slow_sandbox.at(request.param)
    shop = DestinationShop(tmp_path, destination, examples(CONTRACTS[request.param]))
    shop.make()
    shop.orders(0, ORDERS)
    shop.configure(attempts=1, **OPTIONS[request.param])
    assert shop.sync()["delivered"] == ORDERS
    return shop


class Story:
    """Random events of a shop; `doubts` counts the orders that a run found in doubt."""

    def __init__(self, shop: DestinationShop, draw: random.Random) -> None:
        self._shop, self._draw, self._number = shop, draw, 0
        self.there = set(range(ORDERS))
        self.doubts = 0
        self.ends: Counter[str] = Counter()

    def change(self) -> None:
        """Some orders leave, some of the others come back, and some are edited."""
        self._number += 1
        chosen = self._draw.sample(range(ORDERS), 6)
        leaving, back = self.there.intersection(chosen[:2]), set(chosen[2:5]) - self.there
        self._sql(
            self._shop.of_each("delete from {view} where list_contains($keys, {key});"), leaving
        )
        for number in back:
            self._shop.orders(number, number + 1)
        self.there = (self.there - leaving) | back
        kept, moved = EDITS[self._shop.name]
        update = f"update {self._shop.view('orders')} set {{}} where list_contains($keys, {{}})"
        key = quote(self._shop.contract.key)
        self._sql(update.format(moved, key), back, hours=self._draw.randrange(9))
        self._sql(update.format(kept, key), set(chosen[3:]), text=f"{self._number}")

    def trouble(self) -> None:
        """Refuse an order, lose an answer, or do neither."""
        refused = self._shop.key(self._draw.randrange(ORDERS))
        self._shop.sandbox.poison(**self._draw.choice([{}, {}, {"named": refused}]))
        self._shop.sandbox.faults(self._draw.choice([[], [], ["reset-after:1x"]]))

    def run(self) -> None:
        """Finish a run, or kill it."""
        self.doubts += self._in_doubt()
        if self._draw.random() < 0.4:
            code = self._shop.run(*WAYS).code
            assert code in {0, 1, 4}
            self.ends[f"ended with {code}"] += 1
        elif self._killed():
            self.ends["killed"] += 1

    def settle(self) -> None:
        """Without faults the destination holds what the views say."""
        self._shop.sandbox.poison()
        self._shop.sandbox.faults([])
        for command in (WAYS, (*WAYS[:1], "retry", self._shop.name, "--all"), WAYS):
            self.doubts += self._in_doubt()
            result = self._shop.run(*command)
        assert result.code == 0, result.err
        assert self._shop.sync()["requests"] == 0

    def _sql(self, sql: str, numbers: set[int], **values: Any) -> None:
        if numbers:
            self._shop.sql(sql, keys=[self._shop.key(number) for number in numbers], **values)

    def _in_doubt(self) -> int:
        ((orders,),) = self._shop.remembered("select count(distinct order_id) from ledger.in_doubt")
        return orders

    def _killed(self) -> bool:
        """Start a sync and kill it soon after its first request."""
        wire = wire_of(self._shop.ledger)
        before = wire.read_bytes()
        process = self._shop.start(*WAYS, before=SHORT)
        while wire.read_bytes() == before and process.poll() is None:
            time.sleep(0.01)
        time.sleep(self._draw.uniform(0.0, 2 * LATENCY))
        process.send_signal(signal.SIGKILL)
        result = ended(process)
        assert result.code in {0, 1, 4, -signal.SIGKILL}, result.err
        return result.code == -signal.SIGKILL


def assert_all_is_as_in_the_views(shop: DestinationShop, there: set[int]) -> None:
    """Every order has one live record that matches the view, and other orders none that counts."""
    held, keys = shop.held(), {shop.key(number) for number in there}
    view, key = shop.view("orders"), f'"{shop.contract.key}"'
    if shop.name == "yespo":
        live = {order for order in held if held[order]["status"] != "CANCELLED"}
        rows = shop.sql(f'select {key}, "statusDescription", source from {view}')
        found = [(order, held[order]["statusDescription"], held[order]["source"]) for order in live]
    else:
        counts = {order: number for order, number in shop.sandbox.live_records().items() if number}
        live = set(counts)
        assert set(counts.values()) == {1}
        rows = shop.sql(f"select {key}, source_name, epoch(created_at) from {view}")
        records = {order: live_record(shop, order) for order in live}
        found = [(order, *record) for order, record in records.items()]
    assert live == keys, live ^ keys
    assert sorted(found) == sorted(rows)


def live_record(shop: DestinationShop, order: str) -> tuple[str, float]:
    """The parts of an order's live record that edits and changed identities set."""
    records = shop.sandbox.records_of(order)
    (text,) = [each["text"] for each in records if not each["list"] and not each["is_void"]]
    record = json.loads(text)
    return record["source_name"], datetime.fromisoformat(record["created_at"]).timestamp()


@pytest.mark.timeout(3600)
def test_no_second_record_and_no_needless_event_however_often_a_sync_is_killed(shop, request, tell):
    kills = request.config.getoption("--kills") // 5
    story = Story(shop, random.Random(kills))
    while story.ends["killed"] < kills:
        story.change()
        story.trouble()
        story.run()
    story.settle()
    assert_all_is_as_in_the_views(shop, story.there)
    counts = shop.sandbox.counts()
    tell(f"{shop.name}: {dict(story.ends)}, {story.doubts} doubts, {counts['events']} events")
    assert counts["orders_that_ever_had_several"] == counts["void_mismatches"] == 0
    assert counts["needless_events"] <= story.doubts

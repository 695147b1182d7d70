"""A sync killed at any moment loses nothing, leaves nothing stale and blocks nobody."""

import random
import signal
import time
from collections import Counter

import pytest

from connector.ledger.beside.last_request import path_of as wire_of
from tests.sandbox_process import sandbox
from tests.shop import Shop, ended, make_shop

pytestmark = pytest.mark.untraced

ORDERS = 2500  # three requests, of 150 ms each, one after the other
WAYS = ("-q", "sync", "--yes")


@pytest.fixture(scope="module")
def slow_sandbox():
    with sandbox("--latency", "150ms") as running:
        yield running


@pytest.fixture
def shop(tmp_path, slow_sandbox):
    slow_sandbox.reset()
    (shop,) = make_shop(tmp_path, slow_sandbox)
    shop.orders(0, ORDERS)
    shop.sql("alter table northbeam__orders add column _lifecycle varchar")
    shop.configure(concurrency=1, read_timeout=1)  # waits for requests in flight
    return shop


class Edits:
    """Random edits of the rows; every second one is reverted after the next run."""

    def __init__(self, shop: Shop, draw: random.Random) -> None:
        self._shop, self._draw, self._last, self._number = shop, draw, ORDERS, 0

    def make(self) -> None:
        """Edit, delete and add some orders, and revert the last edit."""
        self._number += 1
        half = self._draw.randrange(2)
        if self._number % 2:
            self._shop.sql(
                "create or replace table before as from northbeam__orders "
                "where hash(order_id) % 2 = $half;"
                "update northbeam__orders set customer_name = $name, tax = tax + 0.01 "
                "where hash(order_id) % 2 = $half;",
                half=half,
                name=f"Edit {self._number}",
            )
        else:
            self._shop.sql(
                "update northbeam__orders as changed set customer_name = before.customer_name, "
                "tax = before.tax from before where changed.order_id = before.order_id"
            )
        self._cancel()
        self._delete_and_add()

    def _cancel(self) -> None:
        """Cancel some orders, and restore those that the last edit cancelled."""
        self._shop.sql(
            "update northbeam__orders set _lifecycle = null where _lifecycle is not null;"
            "update northbeam__orders set _lifecycle = 'cancelled' where hash(order_id) % 50 = $n",
            n=self._draw.randrange(50),
        )

    def _delete_and_add(self) -> None:
        gone = [f"order-{self._draw.randrange(self._last):06}" for _ in range(2)]
        for table in ("products", "refunds", "orders"):
            self._shop.sql(f"delete from northbeam__{table} where order_id in $gone", gone=gone)
        self._shop.orders(self._last, self._last + 3)
        self._last += 3


# A busy machine plans slowly: find the moments at which requests are sent.
AIM = {
    "before the run": 1.1,
    "while planning": 1.05,
    "before an answer": 1.02,
    "between answers": 1.0,
    "after the end": 0.95,
}


def typical_seconds(shop: Shop) -> float:
    """How long a run takes that sends every order."""
    seconds = []
    for _ in range(2):
        began = time.monotonic()
        assert ended(shop.start(*WAYS, "--full")).code == 0
        seconds.append(time.monotonic() - began)
    return min(seconds)


def phase(shop: Shop, last_run: int) -> tuple[str, int]:
    """How far a run got, by its traces in the ledger, and its number."""
    ((run_id, is_finished),) = shop.remembered(
        "select max(run_id), bool_or(event = 'finished' and run_id = newest) "
        "from ledger.runs, (select max(run_id) as newest from ledger.runs)"
    )
    if run_id == last_run:
        return "before the run", run_id
    if is_finished:
        return "after the end", run_id
    ((planned, settled),) = shop.remembered(
        f"select (select count(*) from ledger.intents where run_id = {run_id}), "
        f"(select count(*) from ledger.deliveries where run_id = {run_id})"
    )
    if settled:
        return "between answers", run_id
    return "before an answer" if planned else "while planning", run_id


def held(shop: Shop) -> dict[str, str]:
    """The texts that the sandbox holds, by order."""
    return {text.split('"', 4)[3]: text for text in shop.sandbox.texts()}


def assert_all_is_there(shop: Shop) -> None:
    """Compare with the views, and field for field with the delivery of a first run."""
    placed = "from northbeam__orders where _lifecycle is null"
    views = shop.sql(f"select order_id, customer_name, tax::double {placed}")
    orders = {order["order_id"]: order for order in shop.sandbox.orders()}
    for order_id, name, tax in views:
        assert (orders[order_id]["customer_name"], orders[order_id]["tax"]) == (name, tax)
    cancelled = shop.sql("select order_id from northbeam__orders where _lifecycle = 'cancelled'")
    taken_back = [orders[order_id] for (order_id,) in cancelled if order_id in orders]
    assert taken_back
    assert {(order["purchase_total"], order["tax"]) for order in taken_back} == {(0, 0)}
    texts = held(shop)
    shop.sandbox.reset()
    shop.ledger.unlink()
    assert shop.sync()["delivered"] == len(views)
    fresh = held(shop)
    assert {order_id: texts[order_id] for order_id in fresh} == fresh


def last_request(shop: Shop) -> bytes | None:
    wire = wire_of(shop.ledger)
    return wire.read_bytes() if wire.exists() else None


def killed(shop: Shop, moment: float | None) -> bool:
    """Start a sync and kill it; tell whether it was still there.

    The moment is in seconds; without one it is when an answer is under way, whatever the machine.
    """
    writes, before = shop.sandbox.counts()["writes"], last_request(shop)
    process = shop.start(*WAYS)
    if moment is None:
        # To ask the sandbox takes more than to read a file, which changes with the first request.
        while last_request(shop) == before and process.poll() is None:
            time.sleep(0.01)
        while shop.sandbox.counts()["writes"] == writes and process.poll() is None:
            time.sleep(0.01)
    else:
        time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    result = ended(process)
    assert result.code in {0, -signal.SIGKILL}, result.err
    return result.code != 0


def lost_an_answer(shop: Shop, run_id: int, writes: int) -> bool:
    """Whether the sandbox accepted more orders than the ledger knows."""
    ((recorded,),) = shop.remembered(
        f"select count(*) from ledger.deliveries where run_id = {run_id}"
    )
    return shop.sandbox.counts()["writes"] - writes > recorded


@pytest.mark.timeout(3600)
def test_nothing_is_lost_or_stale_however_often_a_sync_is_killed(shop, request, tell):
    kills = request.config.getoption("--kills") * 3 // 5
    draw = random.Random(kills)
    edits, seconds = Edits(shop, draw), typical_seconds(shop)
    phases, lost, run_id = Counter(), 0, 2
    while phases.total() < kills:
        edits.make()
        writes = shop.sandbox.counts()["writes"]
        is_aimed = phases.total() % 4 < 2  # an edit, and one that is reverted
        if not killed(shop, None if is_aimed else seconds * draw.uniform(0.4, 1.0)):
            seconds *= 1.0 if is_aimed else 0.9
            continue
        where, run_id = phase(shop, run_id)
        phases[where] += 1
        seconds *= 1.0 if is_aimed else AIM[where]
        lost += lost_an_answer(shop, run_id, writes)
    assert ended(shop.start(*WAYS)).code == 0
    assert shop.sync()["requests"] == 0
    in_doubt = {row[0] for row in shop.remembered("select order_id from ledger.in_doubt")}
    assert in_doubt.isdisjoint(row[0] for row in shop.sql("select order_id from northbeam__orders"))
    assert_all_is_there(shop)
    tell(f"{kills} kills: {dict(phases)}; {lost} of them lost an answer")
    assert phases["before an answer"] + phases["between answers"] >= kills / 6
    assert lost >= kills / 10

"""Orders that a destination refuses affect no others, and cost few requests."""

import json
import math
import random
import re
import shutil

import pytest

from connector.delivery.refusals import PROBES
from tests.sandbox_process import sandbox
from tests.shop import Shop, make_shop
from tests.talking_server import talking

pytestmark = pytest.mark.untraced

BATCHES = 2  # of 1,000 orders; with --long 20
NOBODY = "z"
IN_FLIGHT = 8  # two for each of the four workers
# Which orders are bad is written into their ids: a among 1, b among 7, c in one of 200, d in one of
# 20 scattered ones; e in 5 neighbours of each batch; f in the first five; g in the first batch;
# h in nine of ten scattered ones; i in the first eight of ten.
MARKS = """
create table ranked as
select *, row_number() over (order by hash(order_id)) as rank,
    row_number() over (order by time_of_purchase) - 1 as place
from northbeam__orders;
create table marked as
select order_id, order_id || '-' || concat(
    if(rank <= 1, 'a', ''), if(rank <= 7, 'b', ''), if(rank <= $orders // 200, 'c', ''),
    if(rank <= $orders // 20, 'd', ''), if(place % 1000 between 400 and 404, 'e', ''),
    if(place < 5, 'f', ''), if(place < 1000, 'g', ''),
    if(rank <= $orders * 0.9, 'h', ''), if(place < $orders * 0.8, 'i', '')
) as new_id
from ranked;
update northbeam__orders as orders set order_id = new_id
from marked where orders.order_id = marked.order_id;
update northbeam__products as products set order_id = new_id
from marked where products.order_id = marked.order_id;
"""


class LargeShop(Shop):
    """A shop with marked orders."""

    batches: int

    @property
    def size(self) -> int:
        return 1000 * self.batches

    def bound(self, poison: int) -> float:
        """The most requests that bad orders may cost: two per halving, and one more."""
        return self.batches + 2 * poison * math.log2(self.size) + 1


@pytest.fixture(scope="module")
def large_shop(tmp_path_factory, request):
    LargeShop.batches = 20 if request.config.getoption("--long") else BATCHES
    with sandbox() as running:
        (shop,) = make_shop(tmp_path_factory.mktemp("large"), running, LargeShop)
        shop.orders(0, shop.size)
        shop.sql(MARKS, orders=shop.size)
        yield shop


@pytest.fixture
def shop(large_shop):
    """Thousands of orders, of which nothing was delivered yet."""
    large_shop.sandbox.reset()
    large_shop.sandbox.poison()
    large_shop.ledger.unlink(missing_ok=True)
    large_shop.configure()
    return large_shop


def assert_exactly_these_are_refused(shop, marks: str, summary: dict) -> None:
    """All others are delivered."""
    bad = {row[0] for row in shop.sql(f"select new_id from marked where new_id like '%-%{marks}%'")}
    refused = shop.remembered("select order_id from ledger.current where outcome = 'refused'")
    assert {order_id for (order_id,) in refused} == bad
    assert bad or marks == NOBODY
    assert (summary["refused"], summary["delivered"]) == (len(bad), shop.size - len(bad))
    assert summary["exit_code"] == int(bool(bad))
    assert shop.sandbox.counts()["orders"] == shop.size - len(bad)
    assert set(shop.sandbox.writes()).isdisjoint(bad)


@pytest.mark.parametrize("marks", ["a", "d"])
def test_named_poison_costs_a_request_for_each_batch_that_holds_some(shop, marks, tell):
    shop.sandbox.poison(named=f"-.*{marks}")
    summary = shop.sync()
    poison = summary["refused"]
    tell(f"{poison} named: {summary['requests']} requests")
    assert summary["requests"] <= shop.batches + min(poison, shop.batches) + 1
    assert_exactly_these_are_refused(shop, marks, summary)
    again = shop.sync()
    assert (again["requests"], again["refused_before"]) == (0, poison)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("marks", ["a", "b", "c", "d", "e"])
def test_unnamed_poison_is_found_by_halving(shop, marks, request, tell):
    if marks in "acd" and not request.config.getoption("--long"):
        pytest.skip("as others, or for minutes: give --long")
    shop.sandbox.poison(unnamed=f"-.*{marks}")
    summary = shop.sync()
    poison = summary["refused"]
    tell(f"{poison} unnamed: {summary['requests']} requests, {shop.bound(poison):.0f} allowed")
    assert summary["requests"] <= shop.bound(poison)
    assert_exactly_these_are_refused(shop, marks, summary)


def test_without_poison_nothing_is_sent_twice(shop):
    summary = shop.sync()
    assert summary["requests"] == shop.batches
    assert_exactly_these_are_refused(shop, NOBODY, summary)
    assert shop.sync()["requests"] == 0


@pytest.mark.parametrize(
    ("how", "marks", "concurrency"),
    [
        *(("named", "f", 1), ("unnamed", "f", 4), ("named", "g", 4)),
        *(("named", "h", 1), ("named", "i", 4)),
    ],
    ids=["five-named", "five-unnamed", "a-batch", "nine-of-ten", "the-first-eight-of-ten"],
)
def test_poison_at_the_very_front_is_no_fault_of_everything(shop, how, marks, concurrency):
    shop.configure(concurrency=concurrency)
    shop.sandbox.poison(**{how: f"-.*{marks}"})
    assert_exactly_these_are_refused(shop, marks, shop.sync())


# A fault that refuses everything.


@pytest.mark.parametrize(
    ("poison", "concurrency"),
    [({"everything": "customer_email is needed"}, 4), ({"unnamed": "."}, 1)],
    ids=["named", "unnamed"],
)
def test_when_everything_is_refused_the_run_stops_and_blames_no_order(
    shop, poison, concurrency, tell
):
    shop.configure(concurrency=concurrency)
    shop.sandbox.poison(**poison)
    summary = shop.sync()
    tell(f"everything refused: stopped after {summary['requests']} requests")
    assert (summary["exit_code"], summary["pending"]) == (2, shop.size)
    assert "no order was marked as refused" in summary["error"]
    assert summary["requests"] <= IN_FLIGHT + PROBES
    assert shop.remembered("select count(*) from ledger.deliveries") == [(0,)]
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]
    shop.sandbox.poison()
    assert shop.sync()["delivered"] == shop.size


def test_a_message_with_the_order_s_own_numbers_is_still_one_message(shop):
    """The sandbox names the place of each order in its message."""
    shop.sandbox.poison(named="order")
    assert "order cannot be processed at …" in shop.sync()["error"]


def test_something_accepted_in_an_earlier_run_proves_nothing(shop):
    shop.sync()
    shop.sql("update northbeam__orders set customer_name = 'Else' where hash(order_id) % 5 = 0")
    shop.sandbox.poison(everything="a field is newly required")
    summary = shop.sync()
    assert (summary["exit_code"], summary["refused"]) == (2, 0)
    shop.sql("update northbeam__orders set customer_name = 'Some One'")


@pytest.mark.parametrize(("orders", "code", "refused"), [(4, 1, 4), (5, 2, 0), (30, 2, 0)])
def test_five_refusals_and_nothing_else_are_a_fault_of_everything(shop, orders, code, refused):
    shop.sandbox.poison(everything="a field is newly required")
    summary = shop.sync("--limit", str(orders))
    assert (summary["exit_code"], summary["refused"]) == (code, refused)


def test_a_refusal_that_comes_after_an_acceptance_counts_at_once(shop):
    draw = random.Random(1)
    ids = draw.sample(shop.sql("select order_id from northbeam__orders"), 3)
    shop.sandbox.poison(named="|".join(order_id for (order_id,) in ids))
    summary = shop.sync()
    assert (summary["refused"], summary["exit_code"]) == (3, 1)


class NamingServer:
    """Accepts a request only without bad orders; otherwise it names them."""

    def __init__(self, bad: str) -> None:
        self._bad = re.compile(bad)
        self.requests, self.taken = 0, set[str]()

    def __call__(self, _headers, body: bytes):
        self.requests += 1
        orders = re.findall(r'"order_id":"([^"]+)"', body.decode())
        named = [{"order_id": o, "message": "unknown"} for o in orders if self._bad.search(o)]
        if named:
            answer = {"status": 400, "response": json.dumps(named)}
            return 400, {"Content-Type": "application/json"}, json.dumps(answer).encode()
        self.taken.update(orders)
        return 200, {"Content-Type": "application/json"}, b'{"message": "Orders received"}'


def test_when_nine_of_ten_are_refused_by_name_the_tenth_arrives(empty_shop, tmp_path, tell):
    """The first 6,000 of 10,000 orders are bad, and three of four of those that follow."""
    bad = "-00[0-5]|([0-6][0-9]|7[0-4])$"
    shop = Shop(shutil.copytree(empty_shop, tmp_path, dirs_exist_ok=True), None)
    server = NamingServer(bad)
    shop.orders(0, 10_000)
    with talking(server) as talker:
        shop.configure(url=f"{talker.url}/v2/orders", environment="local")
        summary = shop.sync()
        tell(f"10,000 orders, 90 % refused by name: {server.requests} requests")
        counts = [summary[name] for name in ("delivered", "refused", "pending", "exit_code")]
        assert counts == [1_000, 9_000, 0, 1]
        # A connection that the server did not accept in time counts as a request, too.
        assert server.requests <= summary["requests"] <= 10 + 10 + PROBES
        again = shop.sync()
    assert (again["requests"], again["refused_before"]) == (0, 9_000)
    (good,) = shop.sql(
        "select list(order_id) from northbeam__orders where not regexp_matches(order_id, $bad)",
        bad=bad,
    )
    assert (server.taken, len(server.taken)) == (set(good[0]), 1_000)
    refused = "select count(*) from ledger.current where outcome = 'refused'"
    assert shop.remembered(refused) == [(9_000,)]

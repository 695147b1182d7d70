"""A request that outlives its run never replaces what was sent later."""

import json
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from connector.payloads import late
from tests.shop import Shop, ended
from tests.talking_server import talking

pytestmark = pytest.mark.untraced

ORDERS = 6
LATE = "order-000002"
SLOW = 3.0  # seconds that the server processes the first request in which the order is called B
PATIENCE = 4  # seconds until the client gives up
RENAME = "update northbeam__orders set customer_name = $name where order_id = $order_id"
TAKEN = (200, {"Content-Type": "application/json"}, b'{"message": "Orders received"}')


class SlowServer:
    """Stores orders after a delay; `requests` records what arrived, and when."""

    def __init__(self) -> None:
        self.url = ""
        self.names: dict[str, str] = {}
        self.requests: list[tuple[float, dict[str, str]]] = []
        self.arrived = threading.Event()
        self.done = threading.Event()
        self.is_behind_a_gateway = False  # which does not wait for it

    def __call__(self, _headers, body: bytes):
        names = {order["order_id"]: order["customer_name"] for order in json.loads(body)}
        self.requests.append((time.monotonic(), names))
        if names.get(LATE) != "B" or self.arrived.is_set():
            self.names |= names
            return TAKEN
        self.arrived.set()
        work = threading.Thread(target=self.work, args=[names])
        work.start()
        if self.is_behind_a_gateway:
            return 502, {}, b"bad gateway"
        work.join()
        return TAKEN

    def work(self, names: dict[str, str]) -> None:
        time.sleep(SLOW)
        self.names |= names
        self.done.set()


@pytest.fixture
def server() -> Iterator[SlowServer]:
    found = SlowServer()
    with talking(found) as talker:
        found.url = f"{talker.url}/v2/orders"
        yield found


@pytest.fixture
def slow(shop: Shop, server: SlowServer, monkeypatch) -> Shop:
    """A shop whose orders were delivered as A; then one of them became B."""
    monkeypatch.setattr(late, "SLACK", 0.5)
    settings = {"url": server.url, "read_timeout": PATIENCE, "attempts": 1, "grace": 0.3}
    shop.configure(environment="local", **settings)
    shop.orders(0, ORDERS)
    assert shop.sync()["delivered"] == ORDERS
    shop.sql(RENAME, name="B", order_id=LATE)
    return shop


def cut_off(slow: Shop, server: SlowServer, *signals: signal.Signals) -> float:
    """End a sync by signals while its request is in flight; returns when it ended."""
    process = slow.start("sync")
    assert server.arrived.wait(30)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2)
    ended(process)
    return time.monotonic()


@pytest.mark.parametrize(
    "signals",
    [(signal.SIGKILL,), (signal.SIGTERM, signal.SIGTERM), (signal.SIGTERM,)],
    ids=["killed", "second signal", "grace is over"],
)
def test_what_is_sent_after_a_run_was_cut_off_is_what_stays(slow, server, signals):
    gone = cut_off(slow, server, *signals)
    assert not server.done.is_set(), "the server was too quick for this test"
    slow.sql(RENAME, name="C", order_id=LATE)
    slow.orders(ORDERS, ORDERS + 2)
    result = slow.run("sync")
    assert result.code == 0, result.err
    assert server.done.wait(10)
    assert server.names[LATE] == "C"
    (_, _), (_, _), (early, others), (last, waited) = server.requests
    assert (set(others), set(waited)) == ({"order-000006", "order-000007"}, {LATE})
    assert early - gone < PATIENCE - 1, "the others had to wait as well"
    assert PATIENCE - 1 < last - gone < PATIENCE + 3
    assert "may still arrive; they go in " in result.err
    assert slow.sync()["requests"] == 0


def test_what_no_attempt_was_answered_of_waits_too(slow, server):
    server.is_behind_a_gateway = True
    assert slow.run("sync").code == 4
    gone = time.monotonic()
    assert not server.done.is_set()
    slow.sql(RENAME, name="C", order_id=LATE)
    assert slow.sync()["delivered"] == 1
    assert server.requests[-1][0] - gone > PATIENCE - 1
    assert server.names[LATE] == "C"


def test_a_time_out_has_waited_already(slow, server):
    slow.configure(url=server.url, environment="local", read_timeout=1, attempts=1)
    assert slow.run("sync").code == 4
    gone = time.monotonic()
    slow.sql(RENAME, name="C", order_id=LATE)
    assert slow.sync()["delivered"] == 1
    assert server.requests[-1][0] - gone < PATIENCE - 1


def test_the_same_bytes_need_not_wait(slow, server):
    began = cut_off(slow, server, signal.SIGKILL)
    summary = slow.sync()
    assert (summary["in_doubt"], summary["delivered"]) == (1, 1)
    assert server.requests[-1][0] - began < PATIENCE - 1
    slow.sql(RENAME, name="C", order_id=LATE)
    slow.sync()
    assert server.requests[-1][0] - began > PATIENCE - 1, "the first request may still be late"
    assert server.names[LATE] == "C"

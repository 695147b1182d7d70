"""Whatever fails: every order arrives, and nothing is sent again unnecessarily."""

import contextlib
import json
import socket
import threading
import time

import pytest

from connector.http import retry
from tests.sandbox_process import sandbox
from tests.shop import ended, make_shop

ORDERS = 2500
LOST = {"stored-500", "reset-after", "half", "huge", "late"}  # stored, without our knowing
HARMLESS = {
    "408",
    "425",
    "429",
    "429-date",
    "500",
    "502",
    "503",
    "reset-before",
    "slow",
    "stall",
    "html",
    "html-200",
    "redirect",
}


@pytest.fixture(scope="module")
def faulty_sandbox():
    with sandbox("--seed", "1", "--stall", "400ms", "--retry-after", "1") as running:
        yield running


@pytest.fixture
def shop(tmp_path, faulty_sandbox, monkeypatch):
    """A shop with many quick retries."""
    monkeypatch.setattr(retry, "BASE", 0.02)
    monkeypatch.setattr(retry, "CAP", 0.2)
    faulty_sandbox.reset()
    (shop,) = make_shop(tmp_path, faulty_sandbox)
    shop.orders(0, ORDERS)
    shop.configure(attempts=25)
    yield shop
    faulty_sandbox.faults([])


@pytest.mark.parametrize(
    ("kinds", "times"),
    [(LOST, 2), (HARMLESS - {"slow"}, 2), ({"slow"}, 5)],
    ids=["lost", "harmless", "slow"],
)
def test_every_order_survives_the_faults_that_go_away(shop, kinds, times):
    """Every order arrived, the ledger knows it once, and only lost requests were repeated."""
    shop.orders(ORDERS, 3000)
    shop.sandbox.faults([f"{kind}:{times}x" for kind in sorted(kinds)])
    summary = shop.sync()
    shop.sandbox.faults([])
    assert (summary["exit_code"], summary["delivered"]) == (0, 3000), summary
    counts = shop.sandbox.counts()
    assert counts["orders"] == 3000
    # A slow answer takes its batch, of which there are three.
    answers = {kind: counts["answers"].get(kind) for kind in kinds}
    assert answers == dict.fromkeys(kinds, min(times, 3))
    assert (counts["needless_writes"] > 0) is (kinds == LOST)
    delivered = "select count(*), count(distinct order_id) from ledger.deliveries"
    assert shop.remembered(delivered) == [(3000, 3000)]
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]
    for key in shop.sandbox.writes():
        if key.endswith("00"):
            assert len({write["md5"] for write in shop.sandbox.writes_of(key)}) == 1
    assert shop.sync()["requests"] == 0


@pytest.mark.untraced
def test_every_order_survives_all_faults_at_once(shop, tell):
    """Half of the requests fail; needless writes follow those stored without an answer."""
    shop.orders(ORDERS, 12_000)
    kinds = sorted(LOST | HARMLESS)
    shop.sandbox.faults([f"{kind}:{0.5 / len(kinds)}" for kind in kinds])
    for run in range(3):
        shop.sql("update northbeam__orders set customer_name = $name", name=f"Run {run}")
        summary = shop.sync("--yes")
        assert (summary["exit_code"], summary["delivered"]) == (0, 12_000), summary
    counts = shop.sandbox.counts()
    lost = sum(counts["answers"].get(kind, 0) for kind in LOST)
    faults = counts["requests"] - counts["answers"]["200"]
    tell(
        f"{counts['requests']} requests, {faults} faults, {lost} of them stored: "
        f"{counts['needless_writes']} of {counts['writes']} writes were needless"
    )
    assert faults > 10
    assert 0 < counts["needless_writes"] == counts["writes"] - 3 * 12_000 == 1000 * lost
    assert shop.sync("--yes")["requests"] == 0
    for key in ("order-000000", "order-005500", "order-011999"):
        assert len({write["md5"] for write in shop.sandbox.writes_of(key)}) == 3


# How long a server asks to wait.


@pytest.mark.parametrize("kind", ["429", "429-date"])
def test_retry_after_is_obeyed_by_every_worker(tmp_path, kind):
    with sandbox("--retry-after", "3", "--fault", f"{kind}:1x") as asking:
        (shop,) = make_shop(tmp_path, asking)
        shop.orders(0, 10)
        shop.configure(attempts=2, concurrency=4)
        began = time.monotonic()
        summary = shop.sync()
        # A date has no fractions of a second.
        assert 1.9 < time.monotonic() - began < 60
        assert (summary["requests"], summary["retries"], summary["exit_code"]) == (2, 1, 0)


def test_no_other_request_is_sent_while_a_server_asks_to_wait(tmp_path):
    """Answers before the 429 were read; after it only requests in flight arrive."""
    with sandbox("--retry-after", "3", "--fault", "429:1x") as asking:
        (shop,) = make_shop(tmp_path, asking)
        shop.orders(0, 8500)
        shop.configure(concurrency=2)
        began = time.time()
        result = shop.run("--log-format", "json", "-v", "sync", "--output", "json")
        assert result.summary()["delivered"] == 8500
        keys = [f"order-00{thousand}000" for thousand in range(9)]
        moments = [write["at"] for key in keys for write in asking.writes_of(key)]
    events = map(json.loads, result.err.splitlines())
    statuses = [event["status"] for event in events if event["event"] == "request"]
    early = [moment for moment in moments if moment < began + 3]
    assert len(early) <= statuses.index(429) + 1


def test_a_server_that_asks_for_more_than_the_deadline_ends_the_run(tmp_path):
    with sandbox("--retry-after", "300", "--fault", "429") as asking:
        (shop,) = make_shop(tmp_path, asking)
        shop.orders(0, 5000)
        shop.configure(deadline=5, concurrency=1)
        began = time.monotonic()
        summary = shop.sync()
        assert time.monotonic() - began < 150
        assert (summary["exit_code"], summary["pending"]) == (4, 5000)
        assert "HTTP 429" in summary["error"]
        assert asking.counts()["requests"] <= 2
        assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]


def test_a_limit_that_says_when_to_come_back_uses_up_no_attempts(tmp_path):
    with sandbox("--retry-after", "1", "--fault", "429:4x") as asking:
        (shop,) = make_shop(tmp_path, asking)
        shop.orders(0, 10)
        shop.configure(attempts=1, concurrency=1)
        summary = shop.sync()
        assert (summary["exit_code"], summary["delivered"]) == (0, 10)
        assert (summary["requests"], summary["retries"]) == (5, 4)


# When to give up.


def test_a_request_is_tried_as_often_as_is_configured(shop):
    shop.configure(attempts=4, concurrency=1)
    shop.sandbox.faults(["500"])
    summary = shop.sync()
    assert summary["exit_code"] == 4
    assert "HTTP 500" in summary["error"]
    # Each of three batches, before the destination counts as down, and perhaps one more; the third
    # may be half of the first, with two attempts, when it comes before the next chunk.
    assert 10 <= shop.sandbox.counts()["requests"] <= 14
    assert summary["pending"] == ORDERS


def test_a_run_gives_up_at_its_deadline(shop, monkeypatch):
    monkeypatch.setattr(retry, "CAP", 0.5)
    monkeypatch.setattr(retry, "BASE", 0.5)
    shop.configure(attempts=1000, deadline=2)
    shop.sandbox.faults(["503"])
    began = time.monotonic()
    summary = shop.sync()
    assert 1 < time.monotonic() - began < 60
    assert (summary["exit_code"], summary["pending"]) == (4, ORDERS)


def test_what_may_have_arrived_goes_again_and_what_has_not_is_new(shop):
    shop.configure(attempts=2, concurrency=1)
    shop.orders(ORDERS, 5000)
    shop.sandbox.faults(["stored-500"])
    assert shop.sync()["exit_code"] == 4
    ((in_doubt,),) = shop.remembered("select count(*) from ledger.in_doubt")
    assert in_doubt in {2000, 3000, 4000}  # as many as were rendered when the run ended
    shop.sandbox.faults([])
    summary = shop.sync()
    assert (summary["in_doubt"], summary["added"]) == (in_doubt, 5000 - in_doubt)
    assert (summary["exit_code"], summary["delivered"]) == (0, 5000)
    assert shop.sandbox.counts()["orders"] == 5000


def test_orders_without_an_answer_do_not_stop_the_others(shop):
    """They are sent in smaller parts, then by the next run."""
    shop.configure(attempts=1, concurrency=1)
    shop.sandbox.faults(["500:0.3"])
    delivered = []
    while sum(delivered) < ORDERS:
        delivered.append(shop.sync()["delivered"])
        assert len(delivered) < 30, delivered
    assert shop.sync()["requests"] == 0
    assert shop.sandbox.counts()["orders"] == ORDERS


def test_a_refusal_after_a_lost_answer_settles_no_doubt(tmp_path):
    """An order that was stored, lost and refused is corrected once its row changes back."""
    with sandbox("--latency", "1500ms") as slow:
        (shop,) = make_shop(tmp_path, slow)
        shop.orders(0, 3)
        shop.sync()
        slow.faults(["stored-500:1x"])
        shop.sql("update northbeam__orders set tax = 9 where order_id = 'order-000001'")
        process = shop.start("sync")
        while slow.counts()["writes"] == 3:
            time.sleep(0.02)
        slow.poison(named="order-000001")
        assert ended(process).code == 1
        slow.poison()
        shop.sql("update northbeam__orders set tax = 2 where order_id = 'order-000001'")
        assert shop.sync()["delivered"] == 1
        assert [order["tax"] for order in slow.orders()] == [2, 2, 2]
        assert shop.sync()["requests"] == 0


# No connection.


def test_a_refused_connection_leaves_nothing_in_doubt(shop):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    shop.configure(url=f"http://127.0.0.1:{port}/v2/orders", attempts=2)
    summary = shop.sync()
    assert (summary["exit_code"], summary["pending"]) == (4, ORDERS)
    assert "no connection to 127.0.0.1" in summary["error"]
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]


def test_a_name_that_is_not_known_leaves_nothing_in_doubt(shop):
    shop.configure(url="https://orders.invalid/v2", environment="uat", attempts=2)
    summary = shop.sync()
    assert (summary["exit_code"], summary["pending"]) == (4, ORDERS)
    assert "no connection to orders.invalid" in summary["error"]
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]


def test_a_server_that_does_not_speak_tls_leaves_nothing_in_doubt(shop):
    with server_saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        shop.configure(url=f"https://127.0.0.1:{port}/v2/orders", attempts=1)
        summary = shop.sync()
    assert (summary["exit_code"], summary["pending"]) == (4, ORDERS)
    assert f"127.0.0.1:{port} does not speak TLS" in summary["error"]
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]


# A server that speaks, but not HTTP as it should be.


@pytest.fixture
def few(shop):
    """The same with ten orders."""
    shop.sql("delete from northbeam__orders where order_id > 'order-000009'")
    shop.sql("delete from northbeam__products where order_id > 'order-000009'")
    return shop


OK = b"HTTP/1.1 200 OK\r\n"
RECEIVED = b'{"message":"Orders received"}'


@contextlib.contextmanager
def server_saying(*texts: bytes, seconds: float = 0.0):
    """Send texts to each client, some seconds apart, and hang up."""
    calls: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, contextlib.suppress(OSError):
                    calls.append(connection.recv(1 << 20))
                    for text in texts:
                        connection.sendall(text)
                        time.sleep(seconds)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(1 << 20):
                        pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    assert calls


def failed_sync(shop, port: int, **options) -> tuple[float, dict]:
    """The seconds that a sync of 10 orders took without an answer, and its summary."""
    options = {"attempts": 1, "concurrency": 1, **options}
    shop.configure(url=f"http://127.0.0.1:{port}/v2/orders", **options)
    began = time.monotonic()
    summary = shop.sync("--limit", "10")
    assert (summary["exit_code"], summary["delivered"]) == (4, 0), summary
    return time.monotonic() - began, summary


# Others are put together at random, in tests/test_answers_at_random.py.
HALF = {
    "nothing": b"",
    "no-http": b"hello\r\n\r\n",
    "no-gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 29\r\n\r\n" + RECEIVED,
    "header": OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n" + RECEIVED,
    "huge": OK + b"Content-Length: 9999999\r\n\r\n" + b'"' + b"x" * 2_000_000,
}


def test_half_an_answer_is_none(few, subtests):
    for name, text in HALF.items():
        with subtests.test(name), server_saying(text) as port:
            few.ledger.unlink(missing_ok=True)
            failed_sync(few, port)
            assert few.remembered("select count(*) from ledger.in_doubt") == [(10,)]


def test_a_whole_answer_counts_however_old_its_protocol(few):
    with server_saying(b"HTTP/1.0 200 OK\r\n\r\n" + RECEIVED) as port:
        few.configure(url=f"http://127.0.0.1:{port}/v2/orders", concurrency=1)
        assert few.sync("--limit", "10")["delivered"] == 10


def test_the_time_to_read_ends_a_silence(few):
    with server_saying(b"", seconds=120) as port:
        seconds, summary = failed_sync(few, port, connect_timeout=120, read_timeout=0.5)
    assert seconds < 60
    assert "no complete answer from 127.0.0.1" in summary["error"]
    assert few.remembered("select count(*) from ledger.in_doubt") == [(10,)]


def test_the_time_to_read_ends_an_answer_that_trickles(few):
    with server_saying(OK + b"\r\n", *[b" "] * 600, seconds=0.2) as port:
        seconds, _ = failed_sync(few, port, read_timeout=0.7)
    assert seconds < 60


def test_the_time_to_connect_ends_a_silence_that_leaves_nothing_in_doubt(few):
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):  # nobody accepts these connections, and no more can queue
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        port = listening.getsockname()[1]
        seconds, summary = failed_sync(few, port, connect_timeout=0.5, read_timeout=120)
    assert seconds < 60
    assert "no connection to 127.0.0.1" in summary["error"]
    assert few.remembered("select count(*) from ledger.in_doubt") == [(0,)]

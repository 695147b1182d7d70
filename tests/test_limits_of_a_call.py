"""A request ends in time however its answer arrives, and every answer is handled."""

import contextlib
import json
import signal
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest

from connector.destinations import contracts
from connector.http.answer import Answer, Outcome
from connector.http.auth import StaticAuth
from connector.http.transport import Transport
from connector.ledger.beside import progress
from connector.reporting.monitoring import webhook
from connector.text.redact import LONGEST, Found, Sought, mask, plain
from connector.text.secret import Secret
from tests.shop import Shop, ended
from tests.talking_server import talking

NORTHBEAM = contracts()["northbeam"]
SECRETS = {name: Secret(f"planted-{name}") for name in NORTHBEAM.settings}
AUTH = StaticAuth(NORTHBEAM, SECRETS)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
LIMIT = 0.5  # seconds to answer
LONG = 30  # seconds, of a busy machine; none of the answers ends by itself

Words = Callable[[], Iterator[bytes]]


@contextlib.contextmanager
def saying(words: Words, seconds: float = 0.01) -> Iterator[str]:
    """Send words to each client, some seconds apart, until it hangs up; yield the URL."""

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(1 << 16)
            for word in words():
                connection.sendall(word)
                time.sleep(seconds)

    def serve(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v2/orders"
        listening.shutdown(socket.SHUT_RDWR)


def endless(first: bytes, then: bytes) -> Words:
    def words() -> Iterator[bytes]:
        yield first
        yield from repeat(then)

    return words


ENDLESS = {
    "a status": endless(b"", b"H"),
    "a header of an empty answer": endless(OK + b"Content-Length: 0\r\nX: ", b"x"),
    "headers": endless(OK, b"A: b\r\n"),
    "100 Continue": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body": endless(OK + b"Connection: close\r\n\r\n", b" "),
    "a chunk's length": endless(CHUNKED, b"0"),
    "trailers": endless(CHUNKED + b"0\r\n", b"a: b\r\n"),
}


@pytest.mark.parametrize("words", ENDLESS.values(), ids=ENDLESS)
def test_a_call_ends_in_time_however_slowly_the_answer_comes(words):
    with saying(words) as url:
        began = time.monotonic()
        answer = Transport(url, AUTH, (5.0, LIMIT)).post(b"[]")
    assert time.monotonic() - began < LONG
    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.status, answer.in_doubt) == (Outcome.RETRY, None, True)


def test_a_signal_ends_a_run_whose_answer_drips_within_its_grace(shop: Shop):
    shop.orders(0, 10)
    with saying(ENDLESS["100 Continue"], seconds=0.05) as url:
        shop.configure(url=url, grace=1, read_timeout=60)
        process = shop.start("sync")
        while (progress.read(shop.ledger) or {}).get("phase") != "sending":
            time.sleep(0.05)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        ended(process).fails(143, "10 orders in flight were not answered in time")
    assert time.monotonic() - began < LONG


def test_a_connection_is_used_again_and_its_next_call_has_its_own_time():
    with talking() as server:
        transport = Transport(f"{server.url}/v2/orders", AUTH, (5.0, LIMIT))
        for _ in range(3):
            assert transport.post(b"[]").status == 200
            time.sleep(LIMIT)


def test_a_webhook_ends_in_time(monkeypatch, caplog):
    monkeypatch.setattr(webhook, "TIMEOUTS", (5.0, LIMIT))
    with saying(ENDLESS["a header of an empty answer"]) as url:
        monkeypatch.setenv("HOOK", url)
        began = time.monotonic()
        webhook.post("on_failure", "HOOK", "text")
    assert time.monotonic() - began < LONG
    assert "did not answer" in caplog.text


@pytest.mark.parametrize(
    "location", ["http://[::1", "http://127.0.0.1:99999999/", "//", "gopher://x", "\xff\xfe", ""]
)
def test_a_redirect_is_not_looked_at(location):
    """Neither its target nor its body, all of which requests would read."""
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode("latin-1")
    with saying(endless(head, b"x" * (1 << 20)), seconds=0) as url:
        tracemalloc.start()
        response = Transport(url, AUTH, (5.0, 5.0)).post(b"[]")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (response.status, response.complete) == (302, False)
    assert most < 30_000_000


@pytest.mark.parametrize("seconds", ["1e308", "9" * 4000, "7200"])
def test_an_absurd_time_to_wait_is_no_surprise(seconds, shop: Shop):
    shop.orders(0, 10)
    shop.configure(attempts=1, deadline=5)
    body = f'{{"error": "rate_limit_error", "retry_after_seconds": {seconds}}}'.encode()
    with talking(lambda _headers, _body: (429, {}, body)) as server:
        shop.configure(url=f"{server.url}/v2/orders", attempts=1, deadline=5)
        began = time.monotonic()
        shop.run("sync").fails(4, "HTTP 429")
    assert time.monotonic() - began < 60


def test_a_wait_beyond_the_deadline_ends_the_run_whatever_the_status(shop: Shop):
    shop.orders(0, 1000)
    with talking(lambda _headers, _body: (503, {"Retry-After": "7200"}, b"")) as server:
        shop.configure(url=f"{server.url}/v2/orders", deadline=5, concurrency=4)
        result = ended(shop.start("sync"), seconds=20)
    result.fails(4, "HTTP 503")


def test_what_a_reader_of_ones_own_cannot_read_is_in_doubt(shop: Shop):
    own = shop.directory / "destinations/other"
    own.mkdir(parents=True)
    text = NORTHBEAM.path.read_text().replace("x-destination: northbeam", "x-destination: other")
    own.joinpath("contract.yml").write_text(text)
    own.joinpath("answer.py").write_text("def read(response):\n    return response.json()\n")
    shop.orders(0, 10)
    shop.configure(attempts=2)
    settings = (shop.directory / "connector.yml").read_text()
    models = "models: {orders: northbeam__orders, products: northbeam__products}"
    shop.write(settings.replace("  northbeam:", f"  other:\n    {models}"))
    shop.run("sync").fails(4, "the answer could not be read (AttributeError)")
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(10,)]


# What is masked.

OLGA = [
    Found("email", "olga.planted@mail.example", "text"),
    Found("name", "olga plantedova", "text"),
    Found("name", "plantedova", "word"),
    Found("phone", "0900123", "digits"),
]


@pytest.mark.parametrize(
    "text",
    [
        "Olga.PLANTED%40mail.example",
        "Olga.PLANTED%252540mail.example",
        "Plantedov\u00e1",
        "07700 900-123",
        "0044 7700/900.123",
        "&#79;lga &amp;#80;lantedov&aacute;",
        "\uff2f\uff4c\uff47\uff41 \uff30lantedova",
        "07700\u200b900\u00ad123",
        r"Olga Plantedov\u00e1",
        "olga+plantedova",
    ],
)
def test_what_a_person_would_read_as_the_value_is_masked(text):
    masked = mask(plain(f"order 1: {text} is bad"), Sought(OLGA))
    assert masked.startswith("order 1: [")
    assert masked.endswith("] is bad")
    assert "lanted" not in masked.lower()


def test_a_word_of_the_contract_is_no_person_s():
    assert (
        mask("market is bad", Sought([Found("name", "market", "word")], {"market"}))
        == "market is bad"
    )


@pytest.mark.parametrize("word", ["x", "%2525", "1 ", "a@", "&amp;"])
def test_a_long_text_is_masked_at_once(word):
    began = time.thread_time()
    masked = mask(plain(word * 100_000), Sought(OLGA * 300))
    assert time.thread_time() - began < 1
    assert len(masked) <= LONGEST + 1


def test_no_half_of_a_value_is_left_where_a_text_is_cut():
    for blanks in range(1, 2100, 7):
        masked = mask(plain(f"{'y ' * (blanks // 2)} olga plantedova {'z' * 9000}"), Sought(OLGA))
        assert "olga" not in masked


def test_a_thousand_refusals_are_listed_and_sent_again(shop: Shop):
    """Each error shows the API's words about its own order, without the customer's name."""

    def refuse(_headers, body: bytes):
        errors = [
            {"order_id": order["order_id"], "message": f"{order['customer_email']} is bad"}
            for order in json.loads(body)
            if order["order_id"] >= "order-001000"
        ]
        said = json.dumps({"status": 400, "response": errors}).encode()
        return (400, {}, said) if errors else (200, {}, b"{}")

    shop.orders(0, 2000)
    with talking(refuse) as server:
        shop.configure(url=f"{server.url}/v2/orders", attempts=1)
        assert shop.sync()["refused"] == 1000
        told = shop.run("errors", "--output", "json")
        assert len(told.json()) == 1000
        assert {error["message"] for error in told.json()} == {"[customer_email] is bad"}
        assert shop.run("retry", "northbeam", "--all").code == 1

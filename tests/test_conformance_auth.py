"""What every way to authenticate must do, over a real socket."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.http.auth import Auth, StaticAuth
from connector.http.transport import Transport
from connector.text.secret import Secret

SECRET = "planted-9f1c"


def static(contract: Contract) -> Auth:
    return StaticAuth(contract, {name: Secret(f"{SECRET}-{name}") for name in contract.settings})


WAYS = {f"static, {name}": (static, contract) for name, contract in contracts().items()}


class Mirror(BaseHTTPRequestHandler):
    """Echoes the headers that it received, as a careless API might."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = str(self.headers).encode()
        self.server.seen.append(dict(self.headers))
        self.send_response(401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def auth(request) -> Auth:
    way, contract = request.param
    return way(contract)


@pytest.fixture
def transport(auth, mirror) -> Transport:
    return Transport(f"http://127.0.0.1:{mirror.server_port}/orders", auth, (5.0, 5.0))


def test_every_call_carries_the_proof_from_any_thread(transport, mirror):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(transport.post, [b"[]"] * 8))
    proofs = {str(sorted(headers.items())) for headers in mirror.seen}
    assert (len(mirror.seen), len(proofs)) == (8, 1)
    assert "Authorization" in mirror.seen[0] or SECRET in proofs.pop()


def test_what_an_answer_repeats_is_masked(auth, transport):
    answer = transport.post(b"[]")
    assert SECRET not in answer.body.decode()
    assert all(value.startswith(SECRET) for value in auth.secrets().values())


def test_a_netrc_replaces_nothing(transport, mirror, tmp_path, monkeypatch):
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login other password other\n")
    path.chmod(0o600)
    transport.post(b"[]")
    monkeypatch.setenv("NETRC", str(path))
    transport.post(b"[]")
    assert mirror.seen[0] == mirror.seen[1]


def test_nothing_shows_a_secret(auth):
    assert SECRET not in f"{auth!r} {vars(auth)!r}"

"""The surroundings of a run: network settings, certificates, clocks, the end of time."""

import ssl
import subprocess
from datetime import UTC, datetime

import pytest

from connector.http.budget import RollingBudget
from connector.http.concurrency import Concurrency
from connector.http.gate import Gate
from connector.http.pace import Pace
from connector.http.spending import Spending
from connector.settings.windows import ALWAYS, period, window
from tests.shop import Shop
from tests.talking_server import talking

ORDERS = 10
FAR = "https://orders.invalid/v2/orders"
OUTSIDE = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "requests_ca_bundle",
    "curl_ca_bundle",
)


@pytest.fixture
def shop(shop: Shop, monkeypatch) -> Shop:
    for name in OUTSIDE:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    shop.orders(0, ORDERS)
    shop.configure(url=FAR, attempts=1)
    return shop


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REQUESTS_CA_BUNDLE", "/nowhere/planted.pem"),
        ("CURL_CA_BUNDLE", "/dev/null"),
        ("REQUESTS_CA_BUNDLE", __file__),
        ("HTTPS_PROXY", "http://olga:planted@"),
        ("HTTPS_PROXY", "http://[::1"),
        ("https_proxy", "http://proxy.example:planted"),
        ("ALL_PROXY", "ftp://olga:planted@proxy.example"),
        ("HTTPS_PROXY", "socks5h://olga:planted@127.0.0.1:9"),
    ],
)
def test_what_keeps_every_call_from_being_made_is_told_by_its_name(
    shop, monkeypatch, variable, value
):
    """It is not an outage, and as nothing was sent no order is in doubt."""
    monkeypatch.setenv(variable, value)
    result = shop.run("sync")
    assert (result.code, variable in result.err) == (2, True), result
    assert "olga" not in result.err
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]
    assert variable in shop.run("doctor").out


def test_what_lies_around_is_nothing_to_a_destination_on_this_machine(shop, monkeypatch):
    shop.configure()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("HTTP_PROXY", "http://[::1")
    assert shop.sync()["exit_code"] == 0


CA = """
[ca]
default_ca = own
[own]
database = {0}/index.txt
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
policy = any
x509_extensions = names
[names]
subjectAltName = DNS:orders.invalid
[any]
commonName = supplied
"""


def test_an_expired_certificate_is_told_as_that(shop, tmp_path, monkeypatch):
    """The orders are not in doubt: they were never sent."""
    (tmp_path / "ca.cnf").write_text(CA.format(tmp_path))
    (tmp_path / "index.txt").touch()
    (tmp_path / "serial").write_text("01")
    key, request, path = (str(tmp_path / name) for name in ("key.pem", "request.pem", "own.pem"))
    making = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request]
    signing = ["openssl", "ca", "-selfsign", "-batch", "-notext", "-config", f"{tmp_path}/ca.cnf"]
    dates = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]
    try:
        subprocess.run([*making, "-subj", "/CN=orders.invalid"], check=True, capture_output=True)
        command = [*signing, *dates, "-keyfile", key, "-in", request, "-out", path]
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("the command openssl is missing, so there is no certificate to test with")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path, key)
    with talking(tls=tls) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", path)
        shop.run("sync").fails(4, "the certificate of orders.invalid has expired")
        assert not [line for line in proxy.asked if "POST" in line]
    assert shop.remembered("select count(*) from ledger.in_doubt") == [(0,)]


# Clocks.


def test_a_clock_that_jumps_in_the_middle_of_a_run_changes_nothing(shop, monkeypatch):
    """Every wait uses the monotonic clock; times in the ledger are for people."""
    shop.configure(attempts=3)
    shop.orders(ORDERS, 4000)
    moments = iter([0.0, 4e9, 1e9, 2e9] * 100_000)
    monkeypatch.setattr("time.time", lambda: next(moments))
    shop.sandbox.faults(["503:0.3"])
    summary = shop.sync("--yes")
    shop.sandbox.faults([])
    monkeypatch.undo()
    assert summary["exit_code"] in {0, 4}
    monkeypatch.setenv("NORTHBEAM_API_KEY", "any")
    assert shop.sync("--yes")["exit_code"] == 0
    assert shop.sandbox.counts()["orders"] == 4000
    assert shop.sync()["requests"] == 0


@pytest.mark.parametrize("jump", [-1e9, -3600.0, 3600.0, 1e9])
def test_a_budget_is_kept_by_a_run_whose_clock_jumps(tmp_path, jump):
    """Within a run the monotonic clock counts; earlier spending never counts for longer."""
    now = [1e9]
    spending = Spending(tmp_path / "ledger.duckdb", "northbeam uat", 60.0, lambda: now[0])
    pace = Pace([(RollingBudget(10, 60.0), False)], Concurrency(1))
    gate = Gate(pace, spending)
    for number in range(10):
        assert gate.enter(f"1-{number}", 1)
        now[0] += jump / 10
        gate.leave(f"1-{number}", 1, 0.0, None)
    assert pace.wait(0.0, 1) > 0
    later = Spending(tmp_path / "ledger.duckdb", "northbeam uat", 60.0, lambda: now[0])
    assert all(0 <= ago <= 60 for ago, _ in later.recall())


# The end of time.


@pytest.mark.parametrize("size", ["month", "week", "day", "year"])
def test_the_last_window_of_time_ends_with_it(size):
    last = window(datetime(9999, 12, 31, tzinfo=UTC), size)
    assert last.end == ALWAYS.end
    assert str(last) == "9999-12-31 to 9999-12-31"
    assert period("9999").end == ALWAYS.end


ENDS_OF_TIME = [
    *("9999-12-31 23:00:00+00", "infinity", "-infinity", "0001-01-01 00:00:00+00"),
    *("20000-01-01 00:00:00+00", "4000-01-01 (BC) 00:00:00+00"),
]


def test_orders_at_the_ends_of_time_end_no_backfill(shop):
    shop.configure()
    for number, moment in enumerate(ENDS_OF_TIME):
        change = f"update northbeam__orders set time_of_purchase = '{moment}'"
        shop.sql(f"{change} where order_id = 'order-00000{number}'")
    for size in ("month", "week", "day"):
        planned = shop.run("backfill", "northbeam", "--dry-run", "--window", size)
        assert planned.code in {0, 1}, planned.err
    done = shop.run("backfill", "northbeam")
    assert done.code in {0, 1}, done.err
    assert shop.sandbox.counts()["orders"] >= ORDERS - len(ENDS_OF_TIME)
    assert shop.run("sync").code in {0, 1}


@pytest.mark.parametrize("since", ["999999d", "999999h", "9999-12-31", "0001-01-01"])
def test_any_moment_may_be_asked_for(shop, since):
    shop.configure()
    shop.sync()
    result = shop.run("errors", "--since", since)
    assert result.code == 0, result.err

"""No key or customer data leaks, whatever fails; and nobody else can listen."""

import copy
import json
import pickle
import shutil
import signal
import ssl
import stat
import subprocess
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pytest

from connector.delivery.parts import Part, Parts
from connector.destinations import contracts
from connector.http import retry
from connector.http.auth import StaticAuth
from connector.http.transport import Transport
from connector.text.secret import Secret
from tests.sandbox_process import Sandbox
from tests.shop import Result, Shop
from tests.talking_server import Script, Talker, accept, talking

API_KEY = "planted-api/key+1=="  # an echo of it looks different, too
# The address has two blanks and the name is not ASCII, so that echoes of them look different.
PERSON = {
    "customer_email": "Olga.Planted+x@mail.example",
    "customer_phone_number": "+447700900123",
    "customer_name": "Olga Plantedová",
    "customer_ip_address": "203.0.113.77",
    "customer_shipping_address__address1": "7  Plantedrow",
    "customer_shipping_address__city": "Plantedton",
    "customer_shipping_address__state": "Plantedshire",
    "customer_shipping_address__zip": "PL4 NTD",
}
# What a text that rewords them would still contain.
TRACES = (
    "planted-",
    "olga",
    "plantedov",
    "mail.example",
    "7700900123",
    "203.0.113.77",
    "plantedrow",
    "plantedton",
    "plantedshire",
    "pl4 ntd",
    "pl4+ntd",
)


def traces(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text.lower()]


def assert_silent(shop: Shop, *told: str) -> None:
    """No trace in the output, nor in any file that the connector made."""
    for text in told:
        assert not traces(text), text
    for path in (shop.directory / ".connector").rglob("*"):
        if path.is_file():
            # Four letters stand in the hashes of a large file by chance; its texts are read below.
            found = traces(path.read_bytes().decode("latin-1"))
            assert not [trace for trace in found if len(trace) > 4], path
    if shop.ledger.exists():
        assert not traces(texts_of(shop.ledger))


def texts_of(ledger: Path) -> str:
    """Every row of every table, since DuckDB may compress texts in its file."""
    with duckdb.connect(str(ledger), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        return str([connection.execute(f"from {name}").fetchall() for (name,) in tables])


@pytest.fixture(scope="module")
def known_customers(empty_shop: Path, tmp_path_factory, sandbox_process: Sandbox) -> Path:
    """The directory of a shop with three orders of one customer, with many details."""
    directory = tmp_path_factory.mktemp("customers") / "shop"
    shop = Shop(shutil.copytree(empty_shop, directory), sandbox_process)
    shop.orders(0, 3)
    for column in PERSON:
        shop.sql(f"alter table northbeam__orders add column if not exists {column} varchar")
    shop.sql(
        "alter table northbeam__orders add column customer_shipping_address__country_code varchar"
    )
    values = ", ".join(f"{column} = ${column}" for column in PERSON)
    shop.sql(
        f"update northbeam__orders set customer_shipping_address__country_code = 'GBR', {values}",
        **PERSON,
    )
    return directory


@pytest.fixture
def customers(
    known_customers: Path, tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    """A copy of that shop."""
    monkeypatch.setenv("NORTHBEAM_API_KEY", API_KEY)
    return Shop(shutil.copytree(known_customers, tmp_path, dirs_exist_ok=True), sandbox)


def run(shop: Shop, *arguments: str, env: Mapping[str, str]) -> Result:
    """Run `connector` with these variables added to the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        return shop.run(*arguments)


# Possible answers of a destination, with everything that it received.


def personal(body: bytes) -> dict[str, str]:
    """What the first order of a body says of its customer, each value short enough to be quoted."""
    order = json.loads(body)[0]
    address = order["customer_shipping_address"].items()
    wanted = {name.removeprefix("customer_shipping_address__") for name in PERSON}
    return {name: value for name, value in [*order.items(), *address] if name in wanted}


def all_told(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    return personal(body) | {name: headers[name] for name in ("Authorization", "Data-Client-ID")}


def echo(status: int, content_type: str = "text/plain", **more: str) -> Script:
    def script(headers: Mapping[str, str], body: bytes):
        said = json.dumps(all_told(headers, body), ensure_ascii=False).encode()
        return status, {"Content-Type": content_type, **more}, b"no: " + said + body

    return script


def echo_escaped(headers: Mapping[str, str], body: bytes):
    """As many APIs do: escape everything that is not ASCII."""
    said = {"status": 400, "response": all_told(headers, body)}
    return 400, {"Content-Type": "application/json"}, json.dumps(said).encode()


def echo_escaped_twice(headers: Mapping[str, str], body: bytes):
    said = {"status": 400, "response": json.dumps(all_told(headers, body))}
    return 400, {"Content-Type": "application/json"}, json.dumps(said).encode()


def echo_in_a_url(headers: Mapping[str, str], body: bytes):
    return 500, {}, f"GET /check?{urlencode(all_told(headers, body))} failed".encode()


def name_the_orders(headers: Mapping[str, str], body: bytes):
    said = [f"{name} {value!r} is bad" for name, value in all_told(headers, body).items()]
    errors = [
        {"order_id": order["order_id"], "json_path": "$[0]", "message": "; ".join(said)}
        for order in json.loads(body)
    ]
    said = {"status": 400, "response": json.dumps(errors)}
    return 400, {"Content-Type": "application/json"}, json.dumps(said).encode()


def redirect(headers: Mapping[str, str], body: bytes):
    where = {"Location": "http://127.0.0.1:9/?" + headers["Authorization"]}
    return 302, where, json.dumps(all_told(headers, body)).encode()


# One order each: 2xx that say nothing, refusals, failures, and what ends a run.
ANSWERS = {
    "200 with an echo": echo(200),
    "200 with a page": echo(200, "text/html"),
    "302": redirect,
    "400 with an echo": echo(400),
    "400 with an escaped echo": echo_escaped,
    "400 with an echo escaped twice": echo_escaped_twice,
    "400 naming the orders": name_the_orders,
    "413": echo(413),
    "500": echo(500),
    "503 with a page": echo(503, "text/html"),
}
ENDS = {
    "200 cut short": echo(200, **{"Content-Length": "99999"}),
    "401": echo(401),
    "403 with a page": echo(403, "text/html"),
    "404": echo(404),
    "429": echo(429, **{"Retry-After": "0"}),
    "500 with an escaped URL": echo_in_a_url,
}
FORMATS = ("text", "json")
REPORTS = (("status",), ("errors", "northbeam"), ("validate",), ("plan",))


class Answering:
    """Splits calls of several orders; answers one order in each way, between them as it should."""

    def __init__(self, last: Script) -> None:
        self.left = [each for answer in ANSWERS.values() for each in (answer, accept)]
        self._last = last

    def __call__(self, headers: Mapping[str, str], body: bytes):
        if len(json.loads(body)) > 1:
            return echo(413)(headers, body)
        return (self.left.pop(0) if self.left else self._last)(headers, body)


@pytest.mark.parametrize(("last", "log_format"), [*zip(ENDS.values(), cycle(FORMATS))], ids=ENDS)
def test_what_a_destination_says_back_tells_nothing(last, log_format, customers, monkeypatch):
    """Whatever it says of single orders, and whatever then ends the run."""
    monkeypatch.setattr(retry, "CAP", 0.01)
    for view in ("orders", "products"):
        more = "select view.* replace (order_id || '-' || i as order_id)"
        customers.sql(
            f"insert into northbeam__{view} {more} from northbeam__{view} view, range(9) x(i)"
        )
    answering = Answering(last)
    with talking(answering) as server:
        customers.configure(url=server.url, attempts=1, concurrency=1)
        sent = customers.run("-vv", "--log-format", log_format, "sync")
    assert sent.code in {2, 3, 4}
    assert answering.left == []
    listed = customers.run("-vv", "errors", "northbeam")
    assert_silent(customers, sent.out, sent.err, listed.out, listed.err)


def cast_an_email(shop: Shop) -> None:
    shop.sql("alter table northbeam__orders rename to raw_orders")
    shop.sql(
        "create view northbeam__orders as "
        "select * replace (customer_email::integer::varchar as customer_email) from raw_orders"
    )


def quote_an_email_in_an_error(shop: Shop) -> None:
    shop.sql("alter table northbeam__orders rename to raw_orders")
    shop.sql(
        "create view northbeam__orders as "
        "select * replace (error(customer_email || customer_name) as tax) from raw_orders"
    )


def repeat_the_orders(shop: Shop) -> None:
    shop.sql("insert into northbeam__orders from northbeam__orders")


def invalidate_them(shop: Shop) -> None:
    shop.sql(
        "update northbeam__orders set customer_phone_number = '07700900123 Olga', "
        "customer_email = 'olga at mail.example', customer_shipping_address__zip = '', "
        "customer_id = '', customer_ip_address = 'olga'"
    )


def write_the_key_down(shop: Shop) -> None:
    settings = shop.directory / "connector.yml"
    settings.write_text(settings.read_text().replace("${NORTHBEAM_API_KEY}", "planted-api-key"))


def write_the_key_as_a_tag(shop: Shop) -> None:
    settings = shop.directory / "connector.yml"
    settings.write_text(settings.read_text().replace("${NORTHBEAM_API_KEY}", "!planted-api-key"))


def put_the_key_into_the_url(shop: Shop) -> None:
    shop.configure(url="https://olga:planted-api-key@orders.example/v2/orders", attempts=1)


def damage_the_ledger(shop: Shop) -> None:
    shop.ledger.parent.mkdir()
    shop.ledger.write_bytes(b"no ledger")


BREAKAGES = [
    cast_an_email,
    quote_an_email_in_an_error,
    repeat_the_orders,
    invalidate_them,
    write_the_key_down,
    write_the_key_as_a_tag,
    put_the_key_into_the_url,
    damage_the_ledger,
]


@pytest.mark.parametrize(("breaks", "log_format"), [*zip(BREAKAGES, cycle(FORMATS))])
def test_what_breaks_here_tells_nothing(breaks, log_format, customers):
    breaks(customers)
    for command in (("--log-format", log_format, "sync"), *REPORTS):
        result = customers.run("-vv", *command)
        assert result.out or result.err
        assert not traces(result.out + result.err), result.out + result.err
    if breaks is not damage_the_ledger:
        assert_silent(customers)


def test_a_proxy_that_is_not_there_does_not_tell_its_password(customers):
    customers.configure(url="https://orders.example/v2/orders", attempts=1)
    proxy = {"ALL_PROXY": "http://olga:planted-password@127.0.0.1:9", "NO_PROXY": ""}
    result = run(customers, "-vv", "sync", env=proxy)
    assert result.code == 4, result.err
    assert_silent(customers, result.out, result.err)


@pytest.mark.parametrize("variable", ["NORTHBEAM_API_KEY", "NORTHBEAM_CLIENT_ID"])
def test_a_key_that_no_header_can_carry_is_not_told(variable, customers):
    result = run(customers, "-vv", "sync", env={variable: "planted-key\nolga"})
    assert result.code == 2, result.err
    assert_silent(customers, result.out, result.err)


def test_an_unexpected_error_is_told_without_its_text(customers, monkeypatch):
    def body(parts: Parts, part: Part):
        raise RuntimeError(parts.only(part), *PERSON.values())

    monkeypatch.setattr(Parts, "body", body)
    result = customers.run("-vv", "sync")
    assert result.code == 70
    assert "RuntimeError" in result.err
    assert_silent(customers, result.out, result.err)


# Files.


@pytest.fixture
def hanging(customers: Shop) -> Iterator[subprocess.Popen[str]]:
    """A run whose first request is not answered."""
    arrived, over = threading.Event(), threading.Event()

    def hang(headers: Mapping[str, str], body: bytes):
        arrived.set()
        over.wait(30)
        return accept(headers, body)

    with talking(hang) as server:
        customers.configure(url=server.url)
        with customers.start("-vv", "sync", before="import os; os.umask(0)") as started:
            assert arrived.wait(30)
            yield started
            over.set()


def modes(directory: Path) -> dict[str, str]:
    """The permissions of the files made by the connector, as `-rw-------`."""
    paths = [directory, *directory.rglob("*")]
    return {str(path.relative_to(directory)): stat.filemode(path.stat().st_mode) for path in paths}


def test_only_the_operator_can_read_what_a_run_leaves(hanging, customers):
    made = modes(customers.ledger.parent)
    assert {"ledger.duckdb", "ledger.progress.json"} <= made.keys()
    assert set(made.values()) <= {"drwx------", "-rw-------"}, made
    hanging.send_signal(signal.SIGKILL)
    told = hanging.communicate()
    assert set(modes(customers.ledger.parent).values()) <= {"drwx------", "-rw-------"}
    assert_silent(customers, *told)
    customers.configure()
    assert customers.sync()["delivered"] == 3
    assert modes(customers.ledger.parent).keys() == {
        *(".", "ledger.duckdb", "ledger.stamp.json", "ledger.wire")
    }


def test_what_dbt_writes_holds_no_key(built):
    for folder in ("target", "logs"):
        for path in (built.parent / folder).rglob("*"):
            if path.is_file():
                assert b"planted-" not in path.read_bytes(), path


# The network.


CLEAR = [
    "http://orders.example/",
    "HTTP://orders.example/",
    "http://127.0.0.1.orders.example/",
    "http://127.0.0.1@orders.example/",
    "http://localhost.orders.example/",
    "http://0.0.0.0/",
    "http://[::ffff:192.0.2.1]/",
    "http://orders.example#@127.0.0.1/",
    "http://orders.example\\@127.0.0.1/",
    "ftp://127.0.0.1/",
    "//127.0.0.1/",
]


def test_clear_text_never_leaves_the_machine(customers, subtests):
    for url in CLEAR:
        with subtests.test(url):
            customers.configure(url=url, attempts=1)
            customers.run("sync").fails(2, "url")


def test_a_redirect_is_not_followed(customers, monkeypatch):
    monkeypatch.setattr(retry, "CAP", 0.01)
    statuses = [301, 302, 303, 307, 308]
    with talking() as elsewhere:
        where = {"Location": f"{elsewhere.url}/v2/orders"}
        said = cycle(statuses)
        with talking(lambda *_: (next(said), where, b"")) as server:
            customers.configure(url=server.url, attempts=len(statuses), concurrency=1)
            result = customers.run("sync")
        assert result.code == 4
        assert len(server.asked) >= len(statuses)
        assert elsewhere.asked == []


def test_a_proxy_does_not_see_what_goes_to_this_machine(customers):
    with talking() as proxy:
        names = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
        env = {**dict.fromkeys(names, proxy.url), "NO_PROXY": "", "no_proxy": ""}
        result = run(customers, "sync", env=env)
    assert result.code == 0, result.err
    assert proxy.asked == []


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """An unsigned certificate for orders.example, and a server that uses it."""
    directory = tmp_path_factory.mktemp("tls")
    files = ["-keyout", str(directory / "key.pem"), "-out", str(directory / "certificate.pem")]
    names = ["-subj", "/CN=orders.example", "-addext", "subjectAltName=DNS:orders.example"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    try:
        subprocess.run([*command, *files, *names], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("the command openssl is missing, so there is no certificate to test with")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(directory / "certificate.pem", directory / "key.pem")
    return directory / "certificate.pem", tls


def behind(proxy: Talker, **env: str) -> dict[str, str]:
    return {"HTTPS_PROXY": proxy.url, "https_proxy": proxy.url, "NO_PROXY": "", **env}


def test_https_goes_through_the_proxy_and_trusts_the_bundle_that_is_named(customers, certificate):
    path, tls = certificate
    with talking(tls=tls) as proxy:
        customers.configure(url="https://orders.example/v2/orders", attempts=1)
        result = run(customers, "sync", env=behind(proxy, REQUESTS_CA_BUNDLE=str(path)))
    assert result.code == 0, result.err
    assert [line.split()[:2] for line in proxy.asked] == [
        ["CONNECT", "orders.example:443"],
        ["POST", "/v2/orders"],
    ]


@pytest.mark.parametrize("host", ["orders.example", "elsewhere.example"])
def test_a_certificate_that_proves_nothing_is_refused(host, customers, certificate):
    path, tls = certificate
    trusted = {"REQUESTS_CA_BUNDLE": str(path)} if host == "elsewhere.example" else {}
    with talking(tls=tls) as proxy:
        customers.configure(url=f"https://{host}/v2/orders", attempts=1)
        result = run(customers, "-vv", "sync", env=behind(proxy, **trusted))
    assert result.code == 4, result.err
    assert not [line for line in proxy.asked if "POST" in line]
    assert f"the certificate of {host} is not trusted" in result.out + result.err
    assert customers.remembered("select count(*) from ledger.in_doubt") == [(0,)]
    assert_silent(customers, result.out, result.err)


def test_netrc_does_not_replace_the_key(customers, certificate):
    path, tls = certificate
    netrc = customers.directory / "netrc"
    netrc.write_text("default login someone password else\n")
    netrc.chmod(0o600)
    with talking(tls=tls) as proxy:
        customers.configure(url="https://orders.example/v2/orders", attempts=1)
        env = behind(proxy, REQUESTS_CA_BUNDLE=str(path), NETRC=str(netrc))
        result = run(customers, "sync", env=env)
    assert result.code == 0, result.err
    assert proxy.headers["Authorization"] == API_KEY


# Names.

NASTY = 'x"; drop table raw; --'


def test_names_are_only_names(customers):
    """A model, a schema, a column and a warehouse with quotes in their names."""
    quoted = f'"{NASTY.replace(chr(34), chr(34) * 2)}"'
    hidden = f'"_{NASTY.replace(chr(34), chr(34) * 2)}"'
    customers.sql(
        f"create table raw (i integer); create schema {quoted}; "
        f"create table {quoted}.{quoted} as select *, 1 as {hidden} from northbeam__orders; "
        f"create table {quoted}.northbeam__products as from northbeam__products; "
        "drop table northbeam__orders; drop table northbeam__products"
    )
    path = customers.warehouse.rename(customers.directory / "it's \"; drop table raw; --.duckdb")
    customers.configure(models={"orders": NASTY})
    settings = customers.directory / "connector.yml"
    warehouse = json.dumps({"path": path.name, "schema": NASTY})
    settings.write_text(settings.read_text().replace("{path: oms.duckdb}", warehouse))
    assert customers.sync()["delivered"] == 3
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("select count(*) from raw").fetchone() == (0,)


def test_a_column_with_sql_for_a_name_is_refused_by_its_name(customers):
    customers.sql(
        f'alter table northbeam__orders add column "{NASTY.replace(chr(34), chr(34) * 2)}" int'
    )
    customers.run("sync").fails(2, NASTY)


def test_an_order_id_is_only_a_value(shop):
    ids = [NASTY, "'; drop table raw; --", "$order_id", "?", "%s"]
    shop.orders(0, len(ids) + 1)
    for number, order_id in enumerate(ids):
        for view in ("orders", "products"):
            sql = f"update northbeam__{view} set order_id = $id where order_id like '%{number}'"
            shop.sql(sql, id=order_id)
    named = [word for order_id in ids for word in ("--order-id", order_id)]
    assert shop.sync(*named)["delivered"] == len(ids)
    for order_id in ids:
        assert order_id in shop.run("show", order_id).out


# The type that holds a secret.


def fail_with(secret: Secret) -> None:
    raise RuntimeError(secret)


def test_a_secret_never_prints():
    secret = Secret("planted-api-key")
    auth = StaticAuth(contracts()["northbeam"], {"api_key": secret})
    transport = Transport("https://orders.example", auth, (1, 1))
    try:
        fail_with(secret)
    except RuntimeError as error:
        locals_too = traceback.TracebackException.from_exception(error, capture_locals=True)
    told = [
        *locals_too.format(),
        *(form % secret for form in ("%s", "%r", "%a")),
        f"{secret} {secret!r} {secret!s} {[secret]}",
        repr(vars(transport)),
        repr(auth) + repr(vars(auth)),
        json.dumps({"secret": secret}, default=str),
    ]
    assert not traces(" ".join(told))
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("copies", [pickle.dumps, copy.copy, copy.deepcopy, replace])
def test_a_secret_is_never_copied(copies):
    with pytest.raises(TypeError):
        copies(Secret("planted-api-key"))

"""Accounts: each has its own ledger, split once from a shared one, and none waits for another."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from connector.engine.engine import MEMORY_LIMIT, engine
from connector.ledger import places
from connector.ledger import split as splitting
from connector.ledger.file import attached
from connector.ledger.split import split
from tests.shop import Shop
from tests.test_ledger import MIGRATES
from tests.test_yespo_delivery import VIEWS

LEDGERS = Path(__file__).with_name("ledgers")
VERSION_3 = LEDGERS.joinpath("version_3.sql").read_text()
ANSWERS = LEDGERS.joinpath("later", "version_3.sql").read_text()  # columns that were added later
HEAD = "ledger: .connector/ledger.duckdb\nwarehouse: {path: oms.duckdb}\ndestinations:\n"
NORTHBEAM = """
  {name}:
    environment: local
    url: {url}/v2/orders
    attempts: 1
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
"""
EU = """    destination: northbeam
    models: {orders: eu_orders, products: eu_products, refunds: eu_refunds}
"""
YESPO = """
  yespo:
    environment: local
    url: {url}/api/v1/orders
    api_key: ${{YESPO_API_KEY}}
"""
TWO_SHOPS = """
create view eu_orders as select * replace ('eu-' || order_id as order_id) from northbeam__orders
where order_id < 'order-000004';
create view eu_products as select * replace ('eu-' || order_id as order_id) from northbeam__products
where order_id < 'order-000004';
create view eu_refunds as from northbeam__refunds;
"""
HOLD = (
    "import duckdb, sys; it = duckdb.connect(sys.argv[1]); print(it, flush=True); sys.stdin.read()"
)


def configure(shop: Shop, *texts: str) -> None:
    shop.write(
        HEAD
        + "".join(texts).replace("{url}", shop.sandbox.url).replace("{{", "{").replace("}}", "}")
    )


@pytest.fixture
def shops(shop: Shop) -> Shop:
    """Two shops at one destination, and Yespo beside them."""
    shop.orders(0, 10)
    shop.sql(VIEWS + TWO_SHOPS)
    configure(
        shop,
        NORTHBEAM.replace("{name}", "northbeam"),
        NORTHBEAM.replace("{name}", "northbeam_eu") + EU,
        YESPO,
    )
    return shop


def synced(shop: Shop, *arguments: str) -> dict[str, dict]:
    result = shop.run("sync", "--allow-side-effects", "--output", "json", *arguments)
    return {each["destination"]: each | {"code": result.code} for each in result.json()}


def test_two_shops_at_one_destination_have_numbers_of_their_own(shops):
    first = synced(shops)
    delivered = {name: (each["orders"], each["delivered"]) for name, each in first.items()}
    assert delivered == {"northbeam": (10, 10), "northbeam_eu": (4, 4), "yespo": (16, 16)}
    assert not shops.ledger.exists()
    shops.sql("update northbeam__orders set tax = 3 where order_id = 'order-000009'")
    second = synced(shops)
    assert {name: each["delivered"] for name, each in second.items()} == {
        "northbeam": 1,
        "northbeam_eu": 0,
        "yespo": 0,
    }
    assert {each["run_id"] for each in second.values()} == {2}
    status = shops.run("status", "--output", "json").json()
    assert {each["destination"]: each["delivered"] for each in status} == {
        "northbeam": 10,
        "northbeam_eu": 4,
        "yespo": 16,
    }
    shops.run("runs", "2").fails(2, "northbeam and northbeam_eu and yespo", "--destination")
    one = shops.run("runs", "2", "--destination", "northbeam", "--output", "json").json()
    assert [batch["delivered"] for batch in one["batches"]] == [1]


def test_an_export_adds_what_is_new_of_each_account(shops):
    synced(shops)
    export = ("export", "--to", str(shops.directory / "exports"), "--output", "json")
    exported = shops.run(*export).json()
    assert (exported["runs"], exported["orders"]) == (3, 30)
    synced(shops, "yespo")
    again = shops.run(*export).json()
    assert (again["runs"], again["orders"]) == (1, 0)
    files = shops.directory / "exports" / "runs" / "*.parquet"
    with duckdb.connect() as connection:
        assert connection.execute(f"select count(*) from '{files}'").fetchall() == [(4,)]


def test_the_one_that_is_held_is_told_and_the_others_get_their_turn(shops, monkeypatch):
    monkeypatch.setattr("connector.ledger.file.WAIT", 0.2)  # seconds, instead of ten
    synced(shops)
    shops.sql("update northbeam__orders set tax = 3")
    command = [sys.executable, "-c", HOLD, str(shops.ledger_of("northbeam"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        found = synced(shops, "--yes")
        status = shops.run("status", "--output", "json")
        other.stdin.close()
    assert {name: each["exit_code"] for name, each in found.items()} == {
        "northbeam": 5,
        "northbeam_eu": 0,
        "yespo": 0,
    }
    assert (found["yespo"]["code"], found["northbeam_eu"]["delivered"]) == (5, 4)
    assert f"process {other.pid}" in found["northbeam"]["error"]
    assert (status.code, [each.get("delivered") for each in status.json()]) == (5, [None, 4, 16])
    assert synced(shops, "--yes")["northbeam"]["delivered"] == 10


@pytest.fixture
def old(shop: Shop, request) -> Shop:
    """A shop whose one ledger of two destinations an earlier connector wrote."""
    shop.orders(0, 25)
    shop.sql(VIEWS)
    shop.sql(
        "delete from northbeam__products where order_id = 'order-000003'; "
        "delete from northbeam__orders where order_id = 'order-000003'; "
        "update northbeam__orders set tax = tax + 1 "
        "where order_id between 'order-000007' and 'order-000009'; "
        'update yespo__orders set "totalCost" = 13 '
        "where \"externalOrderId\" in ('order-1', 'order-4')"
    )
    shop.ledger.parent.mkdir()
    host = shop.sandbox.url.partition("//")[2]
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(VERSION_3.replace("$environment", f"local@{host}"))
        connection.execute(getattr(request, "param", ""))
        connection.execute(VERIFIED, [f"local@{host}"])
    configure(shop, NORTHBEAM.replace("{name}", "northbeam") + "    on_removed: cancel\n", YESPO)
    return shop


# A table that is made when it is first written.
VERIFIED = """
create table verifications as
select
    'yespo' as destination, ? as environment, now() as recorded_at, 7 as exit_code, '{}' as summary
"""
PLANNED = {
    # orders, unchanged, in doubt, refused before, planned: as the version that wrote it planned
    "northbeam": (24, 17, 5, 2, 5),
    "yespo": (16, 16, 0, 0, 0),
}
# After the run that was killed, two orders more are in doubt.
KILLED = {**PLANNED, "northbeam": (24, 15, 7, 2, 7)}


def planned(shop: Shop) -> dict[str, tuple]:
    names = ("orders", "unchanged", "in_doubt", "refused_before", "planned")
    found = shop.run("plan", "--output", "json").json()
    return {each["destination"]: tuple(each[name] for name in names) for each in found}


both_forms = pytest.mark.parametrize(
    ("old", "plans"),
    [("", PLANNED), (ANSWERS, KILLED)],
    indirect=["old"],
    ids=["version 3", "version 3 with answers"],
)


@both_forms
def test_a_ledger_of_several_destinations_is_split_and_plans_the_same(old, plans):
    before = old.ledger.read_bytes()
    assert planned(old) == plans
    assert old.ledger.read_bytes() == before, "a command that only reads has changed the ledger"
    found = synced(old)
    delivered = {name: each["delivered"] for name, each in found.items()}
    assert delivered == {"northbeam": plans["northbeam"][-1], "yespo": 0}
    assert sorted(path.name for path in old.ledger.parent.glob("*.duckdb*")) == [
        "ledger.northbeam.local.duckdb",
        "ledger.yespo.local.duckdb",
    ]
    assert {each["requests"] for each in synced(old).values()} == {0}
    payloads = "select count(*) from ledger.kept"
    kept = [old.remembered(payloads, old.ledger_of(name)) for name in ("northbeam", "yespo")]
    assert kept == [[(23,)], [(16,)]]
    verified = "select exit_code from ledger.verifications"
    assert old.remembered(verified, old.ledger_of("yespo")) == [(7,)]
    configure(old, YESPO)
    assert synced(old)["yespo"]["unchanged"] == 16, "an account that is alone again goes on"


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir() if "spill" not in path.name}


def killed_split(ledger: Path, change: int) -> int:
    """Split in a process that kills itself at the n-th change of the directory; 0 if it ended."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1]
    seen, changes = names(ledger.parent), 0

    def count(frame, *_):
        nonlocal seen, changes
        if frame.f_code.co_filename != splitting.__file__:
            return None
        before, seen = seen, names(ledger.parent)
        changes += before != seen
        if changes == change:
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    sys.settrace(count)
    split(ledger, MEMORY_LIMIT, is_alone=False)
    os._exit(0)


def test_a_split_that_is_killed_anywhere_loses_nothing(old, pytestconfig):
    """Kill it some steps later each time; the next run recovers from any remains."""
    whole, kills = old.ledger.read_bytes(), 0
    parts = [old.ledger_of("northbeam"), old.ledger_of("yespo")]
    while True:
        for path in old.ledger.parent.glob("ledger*"):
            path.unlink()
        old.ledger.write_bytes(whole)
        ended = killed_split(old.ledger, kills + 1)
        sums = "select count(*) from ledger.deliveries"
        readable = [
            places.readable(old.ledger, name, "local", is_alone=False)
            for name in ("northbeam", "yespo")
        ]
        assert all(path.exists() for path in readable), kills
        split(old.ledger, MEMORY_LIMIT, is_alone=False)
        assert sorted(old.ledger.parent.glob("ledger*duckdb*")) == parts, kills
        assert [old.remembered(sums, path) for path in parts] == [[(26,)], [(18,)]], kills
        if not ended:
            break
        kills += 1 if pytestconfig.option.long else 3
    assert kills > 8
    assert planned(old) == PLANNED


def killed_migration(ledger: Path, moment: int) -> int:
    """Open a ledger of version 3 in a process that kills itself; moments are those of MIGRATES."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1]
    exec(MIGRATES.format(left=moment, seconds=0.0005 * (moment % 5)), {})  # noqa: S102 - our own text
    with engine(ledger.parent) as connection, attached(connection, ledger):
        os._exit(0)


SUMS = """
select
    (select count(*) from ledger.deliveries),
    (select count(*) from ledger.current where outcome = 'delivered'),
    (select count(*) from ledger.in_doubt),
    (select count(*) from ledger.kept),
    (select sum(amount) from ledger.current)
"""


@pytest.mark.parametrize(
    ("old", "plans"), [(ANSWERS, KILLED)], indirect=["old"], ids=["version 3 with answers"]
)
def test_a_migration_of_version_3_that_is_killed_anywhere_loses_nothing(old, plans):
    """The next command recovers from any remains, and nothing is sent."""
    whole, found = old.ledger.read_bytes(), set()
    for moment in (1, 5, 8, 11, 12, 20, 99):
        for path in old.ledger.parent.glob("ledger*"):
            path.unlink()
        old.ledger.write_bytes(whole)
        assert killed_migration(old.ledger, moment) == signal.SIGKILL, moment
        with engine(old.ledger.parent) as connection, attached(connection, old.ledger):
            found |= set(connection.execute(SUMS).fetchall())
    assert found == {(45, 38, plans["northbeam"][2], 39, 501)}
    assert planned(old) == plans
    assert {name: each["delivered"] for name, each in synced(old).items()} == {
        "northbeam": plans["northbeam"][-1],
        "yespo": 0,
    }
    assert {each["requests"] for each in synced(old).values()} == {0}


def test_a_whole_ledger_that_comes_back_is_not_split_nor_a_part_that_was_put_back_believed(old):
    whole = old.ledger.read_bytes()
    synced(old)
    old.ledger.write_bytes(whole)
    old.run("sync").fails(2, "is there again", "ledger.northbeam.local.duckdb")
    old.ledger.unlink()
    assert {each["requests"] for each in synced(old).values()} == {0}
    part = old.ledger_of("northbeam")
    before = part.read_bytes()
    old.sql("update northbeam__orders set tax = 9 where order_id = 'order-000010'")
    assert synced(old)["northbeam"]["delivered"] == 1
    part.write_bytes(before)
    assert planned(old)["northbeam"][2] == 22


@pytest.mark.parametrize(
    ("name", "extra", "words"),
    [
        ("northbeem_eu", "", ("did you mean 'northbeam'?", "destination: northbeam")),
        ("eu", "    destination: northbaem\n", ("'northbaem' (did you mean 'northbeam'?)",)),
        ("yespo", "    destination: northbeam\n", ("'yespo' is a destination itself",)),
        ("../eu", "    destination: northbeam\n", ("../eu is not a valid name", "a-z, 0-9 and _")),
    ],
)
def test_an_account_that_cannot_be_one_is_named_with_what_is_meant(shop, name, extra, words):
    configure(shop, NORTHBEAM.replace("{name}", name) + extra)
    shop.run("plan").fails(2, *words)

"""Customer data is erased on demand, to the last byte, and nothing is sent because of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from connector.contract.contract import load
from connector.destinations import contracts
from connector.exceptions import ContractError
from connector.ledger import file as ledger_file
from connector.ledger import rewrite as rewriting
from connector.ledger.contents.run_log import now
from connector.ledger.file import attached
from connector.ledger.rewrite import rewrite
from connector.runs.forget import ERASED
from tests.shop import Shop
from tests.test_accounts import HOLD, NORTHBEAM, YESPO, configure
from tests.test_yespo_delivery import VIEWS

CUSTOMER, MAIL = "customer-3-of-yespo", b"someone3@mail.example"
BOTH = (NORTHBEAM.replace("{name}", "northbeam"), YESPO)
RENAME = """
update yespo__orders set "externalCustomerId" = 'customer-3-of-yespo'
where "externalOrderId" = 'order-3'
"""


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop with Northbeam, of whose orders the ledger keeps some fields, and Yespo, with all."""
    shop.orders(0, 10)
    shop.sql(VIEWS + RENAME)
    configure(shop, *BOTH)
    return shop


def forget(shop: Shop, *arguments: str, code: int = 0) -> dict[str, dict]:
    result = shop.run("forget", *arguments, "--output", "json")
    assert result.code == code, result.err
    return {each["destination"]: each for each in result.json()}


def synced(shop: Shop) -> dict[str, dict]:
    found = shop.run("sync", "--allow-side-effects", "--output", "json").json()
    return {each["destination"]: each for each in found}


def kept(shop: Shop) -> bytes:
    """All bytes of the ledgers' folder, logs included."""
    return b"".join(path.read_bytes() for path in shop.ledger.parent.rglob("*") if path.is_file())


def test_a_customer_is_forgotten_to_the_last_byte_and_nothing_is_sent_again(shop):
    synced(shop)
    assert MAIL in kept(shop)
    before = kept(shop)
    would = forget(shop, "--customer-id", CUSTOMER, "--dry-run")
    assert (would["yespo"]["orders"], would["yespo"]["payloads"]) == (1, 1)
    assert (would["northbeam"]["orders"], would["yespo"]["run_id"]) == (0, None)
    assert kept(shop) == before, "a dry run has changed something"
    shop.run("forget", "--customer-id", CUSTOMER).fails(6, "--dry-run", "--yes")
    found = forget(shop, "--customer-id", CUSTOMER, "--yes")
    assert (found["yespo"]["payloads"], found["yespo"]["run_id"]) == (1, 2)
    assert MAIL not in kept(shop)
    assert CUSTOMER.encode() not in kept(shop)
    assert b"someone4@mail.example" in kept(shop)
    assert {path.stat().st_mode & 0o777 for path in shop.ledger.parent.glob("*.duckdb")} == {0o600}
    again = synced(shop)
    assert {name: (each["requests"], each["unchanged"]) for name, each in again.items()} == {
        "northbeam": (0, 10),
        "yespo": (0, 16),
    }
    runs = shop.run("runs", "--destination", "yespo", "--output", "json").json()
    assert [(run["command"], run["exit_code"]) for run in runs] == [
        ("sync", 0),
        ("forget", 0),
        ("sync", 0),
    ]
    assert shop.run("status").code == 0
    assert forget(shop, "--customer-id", CUSTOMER, "--yes")["yespo"]["payloads"] == 0


def test_what_a_destination_said_of_a_refused_order_is_forgotten_with_it(shop):
    configure(shop, BOTH[0])
    shop.sandbox.poison(named="order-00000[35]")
    assert synced(shop)["northbeam"]["refused"] == 2
    # Only the view knows the customer: no payload is kept of refused orders.
    found = forget(shop, "--customer-id", "customer-3", "--order-id", "sold-elsewhere", "--yes")
    assert (found["northbeam"]["orders"], found["northbeam"]["texts"]) == (1, 1)
    reasons = dict(
        shop.remembered("select order_id, reason from ledger.deliveries where reason is not null")
    )
    assert reasons["order-000003"] == ERASED
    assert reasons["order-000005"].startswith("order cannot be processed")
    summaries = shop.remembered("select summary from ledger.runs where event = 'finished'")
    assert len(summaries) == 2
    assert "cannot be processed" not in str(summaries)
    assert synced(shop)["northbeam"]["refused_before"] == 2
    shop.sandbox.poison()
    assert shop.run("retry", "northbeam", "--all").code == 0


def test_one_that_is_held_is_told_and_the_others_forget(shop, monkeypatch):
    monkeypatch.setattr(ledger_file, "WAIT", 0.1)
    synced(shop)
    command = [sys.executable, "-c", HOLD, str(shop.ledger_of("northbeam"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        found = forget(shop, "--order-id", "order-3", "--yes", code=5)
        other.stdin.close()
    assert (found["northbeam"]["exit_code"], found["yespo"]["payloads"]) == (5, 1)


def test_all_environments_forget_and_ledgers_of_nobody_are_named(shop):
    synced(shop)
    uat = shop.ledger_of("northbeam", "uat")
    uat.write_bytes(shop.ledger_of("northbeam").read_bytes())
    configure(shop, BOTH[0])
    result = shop.run("forget", "--order-id", "order-000003", "--yes")
    result.fails(0, "1 payload", "ledger.yespo.local.duckdb is of no account")
    for path in (uat, shop.ledger_of("northbeam")):
        counts = "select count(*), count(*) filter (order_id = 'order-000003') from ledger.kept"
        assert shop.remembered(counts, path) == [(9, 0)]


def killed_rewrite(ledger: Path, change: int) -> int:
    """Rewrite in a process that kills itself at the n-th change of a folder; 0 if it finished."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1]
    seen, changes = set(), 0

    def count(frame, *_):
        nonlocal seen, changes
        if frame.f_code.co_filename != rewriting.__file__:
            return None
        before = seen
        seen = {(path.name, path.stat().st_ino) for path in ledger.parent.glob(f"{ledger.name}*")}
        changes += before != seen
        if changes == change:
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    with duckdb.connect() as connection, attached(connection, ledger) as found:
        connection.execute("create schema work; create table work.forgotten as select 'order-3'")
        connection.execute("delete from ledger.payloads where order_id = 'order-3'")
        run = {"run_id": 2, "destination": "yespo", "environment": "local", "command": "forget"}
        sys.settrace(count)
        ended = {"event": "finished", "exit_code": 0, "summary": "{}", "recorded_at": now()}
        rewrite(connection, found.path, run | ended)
        sys.settrace(None)
    os._exit(0)


def test_forgetting_that_is_killed_anywhere_leaves_a_whole_ledger(shop):
    synced(shop)
    ledger, kills = shop.ledger_of("yespo"), 0
    whole = ledger.read_bytes()
    while True:
        for path in ledger.parent.glob(f"{ledger.name}*"):
            path.unlink()
        ledger.write_bytes(whole)
        ended = killed_rewrite(ledger, kills + 1)
        sums = "select count(*) from ledger.current"
        assert shop.remembered(sums, ledger) == [(16,)], kills
        if not ended:
            break
        kills += 1
    assert kills > 4
    assert forget(shop, "--order-id", "order-3", "--yes")["yespo"]["exit_code"] == 0
    assert MAIL not in kept(shop)
    assert not list(ledger.parent.glob("*.new*"))
    assert synced(shop)["yespo"]["requests"] == 0


def test_every_shipped_contract_says_who_the_customer_is():
    assert {name: each.customer for name, each in contracts().items()} == {
        "northbeam": "customer_id",
        "triple_whale": "customer__id",
        "yespo": "externalCustomerId",
        "ometria": "customer__id",
    }


def test_a_customer_that_is_no_column_is_refused(tmp_path):
    path = tmp_path / "contract.yml"
    text = contracts()["northbeam"].path.read_text()
    path.write_text(text.replace("x-customer: customer_id", "x-customer: custommer_id"))
    with pytest.raises(ContractError, match="did you mean 'customer_id'"):
        load(path)

"""A ledger that was restored from a copy, or lost its last part, is noticed and not trusted."""

import json
import shutil
import signal
import time
from pathlib import Path

import duckdb
import pytest

from bench.project import Project
from connector.ledger.beside import stamps
from tests.sandbox_process import Sandbox
from tests.shop import Shop, ended, make_shop
from tests.test_ledger import VERSION_2
from tests.test_yespo_delivery import CONFIG, VIEWS

pytestmark = pytest.mark.untraced

ORDERS = 8
RENAME = "update northbeam__orders set customer_name = $name"


def names(shop: Shop) -> set[str]:
    return {order["customer_name"] for order in shop.sandbox.orders()}


@pytest.fixture(scope="module")
def aged_before(tmp_path_factory, sandbox_process: Sandbox, state_folder) -> Path:
    """The directory of a shop that delivered A, then B; `kept` is the ledger's folder before B."""
    shop = next(make_shop(tmp_path_factory.mktemp("aged"), sandbox_process))
    shop.orders(0, ORDERS)
    shop.sql(RENAME, name="A")
    shop.sync()
    shutil.copytree(shop.ledger.parent, shop.directory / "kept")
    shop.sql(RENAME, name="B")
    assert shop.sync("--yes")["delivered"] == ORDERS
    assert any(state_folder.rglob("*.json"))
    return shop.directory


@pytest.fixture
def aged(aged_before, tmp_path, sandbox: Sandbox) -> Shop:
    """A copy of that shop, stamped at its own path, whose view is A again."""
    shop = Shop(shutil.copytree(aged_before, tmp_path / "shop"), sandbox)
    stamp = json.loads(shop.ledger.with_suffix(".stamp.json").read_text())
    stamps.write(shop.ledger, stamps.Stamp(**stamp))
    shop.sql(RENAME, name="A")
    return shop


def put_back(shop: Shop, *, whole: bool) -> None:
    """Restore the ledger, or its whole folder with the stamp in it."""
    if whole:
        shutil.rmtree(shop.ledger.parent)
        shutil.copytree(shop.directory / "kept", shop.ledger.parent)
    else:
        shutil.copy(shop.directory / "kept" / shop.ledger.name, shop.ledger)


def test_a_ledger_that_was_put_back_with_its_folder_is_not_believed(aged):
    put_back(aged, whole=True)
    assert aged.plan()["in_doubt"] == ORDERS
    assert aged.sync()["delivered"] == ORDERS
    assert names(aged) == {"A"}


def test_a_ledger_that_was_put_back_is_not_believed(aged):
    put_back(aged, whole=False)
    plan = aged.plan()
    assert (plan["in_doubt"], plan["planned"], plan["exit_code"]) == (ORDERS, ORDERS, 0)
    result = aged.run("status", "--output", "json")
    (status,) = result.json()
    assert (status["in_doubt"], status["restored"], result.code) == (ORDERS, True, 1)
    assert "old_ledger" in [alert["kind"] for alert in status["alerts"]]
    part = aged.sync("--limit", "3")
    assert (part["in_doubt"], part["delivered"], part["pending"]) == (ORDERS, 3, ORDERS - 3)
    summary = aged.sync()
    assert (summary["in_doubt"], summary["delivered"], summary["exit_code"]) == (5, 5, 0)
    assert (summary["unchanged"], names(aged)) == (3, {"A"})
    assert [alert["kind"] for alert in part["alerts"]] == ["old_ledger"]
    assert part["run_id"] > 2, "the numbers of runs go on after the lost ones"
    assert aged.sync()["requests"] == 0
    assert aged.run("status").code == 0


def test_a_command_that_is_refused_does_not_keep_a_ledger_in_doubt(aged):
    put_back(aged, whole=False)
    aged.run("sync", "--order-id", "nobody").fails(2, "nobody")
    assert aged.sync()["delivered"] == ORDERS
    assert aged.sync()["requests"] == 0


def test_what_an_old_ledger_has_as_taken_back_is_taken_back_once_more_only(aged):
    aged.configure(on_removed="cancel")
    aged.sync("--full", "--yes")  # keeps what it sends
    for table in ("orders", "products"):
        aged.sql(f"delete from northbeam__{table} where order_id = 'order-000001'")
    assert aged.sync("--yes")["removals_delivered"] == 1
    shutil.copy(aged.ledger, aged.directory / "kept")
    aged.sql(RENAME, name="C")
    aged.sync("--yes")
    shutil.copy(aged.directory / "kept" / aged.ledger.name, aged.ledger)
    assert aged.sync()["removals_delivered"] == 1
    assert aged.sync()["requests"] == 0


def test_a_ledger_without_its_log_is_not_believed(aged):
    """A killed process leaves the last part of its ledger in a file beside it."""
    aged.sql(RENAME, name="C")
    aged.configure(read_timeout=1, attempts=1)
    with aged.sandbox.silent():
        process = aged.start("sync", "--yes")
        wal = aged.ledger.with_name("ledger.duckdb.wal")
        wire = aged.ledger.with_suffix(".wire")
        before = wire.read_bytes()
        while wire.read_bytes() == before:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        ended(process)
    assert wal.exists()
    wal.unlink()
    aged.sql(RENAME, name="B")
    assert aged.plan()["in_doubt"] == ORDERS
    assert aged.sync()["delivered"] == ORDERS
    assert names(aged) == {"B"}


def test_a_copy_from_before_an_update_is_not_believed(aged):
    """It has no name, and becomes a ledger that is older than any other."""
    host = aged.sandbox.url.partition("//")[2]
    aged.ledger.unlink()
    with duckdb.connect(str(aged.ledger)) as connection:
        connection.execute(VERSION_2.replace("$environment", f"local@{host}"))
    plan = aged.plan()
    assert (plan["in_doubt"], plan["added"], plan["unchanged"]) == (6, 2, 0), plan
    assert aged.sync("--yes")["delivered"] == ORDERS


def test_a_new_ledger_at_an_old_place_is_a_new_one(aged):
    shutil.rmtree(aged.ledger.parent)
    summary = aged.sync()
    assert (summary["added"], summary["delivered"], summary["alerts"]) == (ORDERS, ORDERS, [])
    assert aged.sync()["requests"] == 0
    put_back(aged, whole=False)
    assert aged.plan()["in_doubt"] == ORDERS, "it is older than the new one"


def test_nothing_is_wrong_when_no_stamp_can_be_written(aged, monkeypatch, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    aged.ledger.with_suffix(".stamp.json").unlink()
    assert aged.sync("--yes")["delivered"] == ORDERS
    assert aged.sync()["requests"] == 0


@pytest.fixture
def yespo(shop: Shop) -> Shop:
    """Where each order that is sent may message a customer."""
    shop.sql(VIEWS.replace("range(16)", "range(180)"))
    shop.write(CONFIG.format(url=shop.sandbox.url))
    return shop


def events(shop: Shop) -> int:
    return sum(shop.sandbox.at("yespo").events().values())


def test_where_a_send_sets_something_off_an_old_ledger_is_refused(yespo):
    assert yespo.sync("--allow-side-effects")["delivered"] == 180
    shutil.copy(yespo.ledger, yespo.directory / "kept")
    yespo.sql('update yespo__orders set "totalCost" = 13 where "externalOrderId" = \'order-1\'')
    assert yespo.sync()["delivered"] == 1
    shutil.copy(yespo.directory / "kept", yespo.ledger)
    for command in (["sync"], ["sync", "--order-id", "order-2"], ["sync", "--limit", "5"]):
        yespo.run(*command).fails(2, "older than it seems", "`connector sync yespo --full`")
    plan = yespo.run("plan", "--output", "json")
    assert plan.code == 2
    assert "`connector sync yespo --full`" in plan.json()[0]["error"]
    assert events(yespo) == 181
    yespo.run("sync", "--full").fails(6, "--allow-side-effects")
    assert yespo.sync("--full", "--allow-side-effects")["delivered"] == 180
    assert yespo.sync()["requests"] == 0


def test_a_lost_ledger_cannot_message_more_customers_in_small_parts(yespo):
    """The limit of unrequested changes applies to all runs of a load together."""
    assert yespo.sync("--allow-side-effects")["delivered"] == 180
    shutil.rmtree(yespo.ledger.parent)
    assert yespo.sync("--limit", "90")["delivered"] == 90
    for choice in (["--limit", "90"], []):
        assert yespo.sync(*choice)["exit_code"] == 6
    assert events(yespo) == 270
    assert yespo.sync("--allow-side-effects")["delivered"] == 90
    assert yespo.sync()["requests"] == 0


def test_a_bench_leaves_nothing_in_the_state_folder_of_its_user(shop, state_folder):
    shop.orders(0, 3)
    project = Project(shop.directory / "bench", f"{shop.sandbox.url}/v2/orders")
    project.begin(shop.warehouse)
    before = set(state_folder.rglob("*"))
    assert project.sync()[1]["delivered"] == 3
    assert set(state_folder.rglob("*")) == before

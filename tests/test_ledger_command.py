"""`connector ledger`: status, check, restore and move, of files and of stores, killed anywhere."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import connector
from connector.api.results import Failure
from connector.exceptions import GuardError, LedgerError
from connector.ledger import file as ledger_file
from connector.remote import generations, moving
from tests.shop import Shop
from tests.test_accounts import HOLD

ORDERS = 20
FILE = ".connector/ledger.duckdb"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.orders(0, ORDERS)
    return shop


@pytest.fixture
def address(shop) -> str:
    return f"file://{shop.directory}/store"


def use(shop: Shop, ledger: str) -> None:
    path = shop.directory / "connector.yml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"ledger": ledger}))


def one(shop: Shop, *arguments: str, code: int = 0) -> dict:
    """The result of a command for the only account."""
    result = shop.run("ledger", *arguments, "--output", "json")
    assert result.code == code, result.err
    found = result.json()
    return found[0] if isinstance(found, list) else found


def folder(shop: Shop) -> Path:
    return shop.directory / "store" / "northbeam.local"


def test_a_file_has_a_status_and_is_checked(shop, monkeypatch):
    monkeypatch.setattr(ledger_file, "WAIT", 0.1)
    assert one(shop, "status")["bytes"] is None
    shop.run("ledger", "status").fails(0, "the first run makes it")
    shop.sync()
    found = one(shop, "status")
    assert (found["kind"], found["place"], found["is_held"]) == ("file", str(shop.ledger), False)
    assert found["bytes"] == shop.ledger.stat().st_size
    assert one(shop, "check")["damages"] == []
    shop.run("ledger", "restore", "northbeam", "1").fails(2, "has no generations")
    command = [sys.executable, "-c", HOLD, str(shop.ledger)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        assert one(shop, "status")["is_held"]
        shop.run("ledger", "status").fails(0, "held by")
        assert one(shop, "check", code=5)["exit_code"] == 5
        shop.run("ledger", "move", f"file://{shop.directory}/store").fails(5, "wait until it ends")
        other.stdin.close()
    assert shop.sync()["unchanged"] == ORDERS


def test_a_damaged_file_is_named(shop):
    shop.sync()
    data = bytearray(shop.ledger.read_bytes())
    data[4096 * 3 :] = b"\xff" * (len(data) - 4096 * 3)
    shop.ledger.write_bytes(data)
    assert one(shop, "check", code=1)["damages"]
    shop.run("ledger", "check").fails(1, "damaged", "A lost ledger")


def test_a_store_is_looked_at_checked_and_put_back(shop, address):
    use(shop, address)
    assert one(shop, "status")["generation"] is None
    shop.sync()
    shop.sql("update northbeam__orders set tax = tax + 1")
    assert shop.run("sync", "--yes").code == 0
    found = one(shop, "status")
    assert (found["generation"], found["is_held"], found["journal"]) == (3, False, 0)
    assert [each["generation"] for each in found["generations"]] == [1, 2, 3]
    assert found["place"] == f"{address}/northbeam.local"
    assert found["stored_bytes"] == sum(
        path.stat().st_size for path in folder(shop).rglob("*") if path.is_file()
    )
    project = connector.open(shop.directory)
    assert json.loads(json.dumps(project.ledger_status("northbeam").as_dict())) == found
    assert one(shop, "check") == json.loads(json.dumps(project.ledger_check("northbeam").as_dict()))
    shop.run("ledger", "restore", "northbeam", "7").fails(2, "it has 1 to 3")
    shop.run("ledger", "restore", "northbeam", "3").fails(2, "is the current one")
    with pytest.raises(GuardError, match="generation 2 of"):
        project.ledger_restore("northbeam", 2)
    restored = one(shop, "restore", "northbeam", "2", "--yes")
    assert (restored["generation"], restored["run_id"]) == (2, 3)
    runs = [(run.run_id, run.command, run.exit_code) for run in project.runs("northbeam")]
    assert runs == [(3, "restore", 0), (1, "sync", 0)]
    shutil.rmtree(shop.directory / ".connector")  # also on a machine that never had it
    assert project.status("northbeam").restored
    assert project.plan("northbeam").in_doubt == ORDERS
    shop.sandbox.reset()
    assert shop.run("sync", "--yes").code == 0
    assert shop.sandbox.counts()["orders"] == ORDERS


def test_damage_in_a_store_is_named_and_an_earlier_generation_still_helps(shop, address):
    use(shop, address)
    shop.sync()
    shop.sql("update northbeam__orders set tax = tax + 1")
    assert shop.run("sync", "--yes").code == 0
    (block, *_) = [path for path in (folder(shop) / "blocks").iterdir() if path.suffix == ".3"]
    block.write_bytes(b"damaged")
    (folder(shop) / "gen" / "000000001").unlink()
    shutil.rmtree(shop.directory / ".connector")
    found = one(shop, "check", code=1)
    assert found["damages"] == [{"name": f"blocks/{block.name}", "generations": [3]}]
    shop.run("ledger", "check").fails(1, block.name, "generation 3", "connector ledger restore")
    shop.run("sync").fails(2, block.name, "connector ledger restore")
    (folder(shop) / "gen" / "000000003").write_text("{")
    assert one(shop, "check", code=1)["damages"] == [{"name": "gen/000000003", "generations": [3]}]
    assert one(shop, "restore", "northbeam", "2", "--yes")["run_id"] > 1
    assert shop.plan()["in_doubt"] == ORDERS


def test_a_ledger_moves_to_a_store_and_back_and_is_live_once(shop, address):
    shop.sync()
    moved = one(shop, "move", address)
    assert (moved["source"], moved["to"]) == (str(shop.ledger), address)
    assert [*moved["ledgers"]] == ["northbeam.local"]
    shop.run("sync").fails(2, f"write `ledger: {address}`")
    shop.run("status").fails(2, f"write `ledger: {address}`")
    assert one(shop, "status")["closed"]
    use(shop, address)
    shutil.rmtree(shop.directory / ".connector")
    assert shop.sync()["unchanged"] == ORDERS
    shop.run("ledger", "move", "s3://other/place").fails(2, "is in a store already")
    shop.run("ledger", "move", "ftp://x").fails(2, "use one of s3://")
    assert [*one(shop, "move", FILE)["ledgers"]] == ["northbeam.local"]
    shop.run("sync").fails(2, f"write `ledger: {FILE}`")
    shop.run("ledger", "restore", "northbeam", "2", "--yes").fails(2, f"write `ledger: {FILE}`")
    assert one(shop, "status")["closed"]
    use(shop, FILE)
    assert shop.sync()["unchanged"] == ORDERS
    assert one(shop, "move", address)["ledgers"]  # where one was before
    use(shop, address)
    assert shop.sync()["unchanged"] == ORDERS


def test_a_ledger_is_not_moved_over_another_one(shop, address):
    shop.sync()
    use(shop, address)
    shop.sync()
    shop.run("ledger", "move", FILE).fails(2, "there is a ledger at")
    use(shop, FILE)
    shop.run("ledger", "move", address).fails(2, "there is a ledger at")
    assert shop.sync()["unchanged"] == ORDERS


def killed_move(shop: Shop, to: str, change: int) -> int:
    """Move in a process that kills itself at the n-th change of a folder; 0 if it finished."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1]
    seen, changes = names(shop), 0

    def count(frame, *_):
        nonlocal seen, changes
        if frame.f_code.co_filename not in (moving.__file__, generations.__file__):
            return None
        before, seen = seen, names(shop)
        changes += before != seen
        if changes == change:
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    sys.settrace(count)
    connector.open(shop.directory).ledger_move(to)
    os._exit(0)


def names(shop: Shop) -> set[Path]:
    every = [*(shop.directory / "store").rglob("*"), *shop.ledger.parent.glob("ledger*")]
    return {path for path in every if "lock" not in path.name and not path.name.startswith(".")}


def live(shop: Shop, ledger: str) -> int | None:
    """How many orders the ledger there knows; None if it must not be used."""
    use(shop, ledger)
    found = connector.open(shop.directory).status(["northbeam"]).all[0][1]
    if isinstance(found, Failure):
        assert isinstance(found.exception, LedgerError)
        assert "`ledger: " in str(found.exception) or "`connector ledger move" in str(
            found.exception
        )
        return None
    return found.delivered


@pytest.mark.untraced
@pytest.mark.parametrize("way", ["there", "back"])
def test_a_move_that_is_killed_anywhere_leaves_one_ledger(
    shop, address, way, tmp_path_factory, pytestconfig
):
    shop.sync()
    if way == "back":
        one(shop, "move", address)
    source, to = (FILE, address) if way == "there" else (address, FILE)
    kept = shutil.copytree(shop.directory, tmp_path_factory.mktemp("kept") / "shop")
    kills = 0
    while True:
        use(shop, source)
        ended = killed_move(shop, to, kills + 1)
        before, after = live(shop, source), live(shop, to)
        assert (before, after) in {(ORDERS, 0), (ORDERS, None), (None, None), (None, ORDERS)}, kills
        use(shop, source)
        if ended:
            assert one(shop, "move", to)["to"] == to, kills
        assert (live(shop, source), live(shop, to)) == (None, ORDERS), kills
        if not ended:
            break
        shutil.rmtree(shop.directory)
        shutil.rmtree(os.environ["XDG_STATE_HOME"], ignore_errors=True)  # else it is an old copy
        shutil.copytree(kept, shop.directory)
        kills += 1 if pytestconfig.option.long else 3
    assert shop.sync()["unchanged"] == ORDERS
    assert kills > 4

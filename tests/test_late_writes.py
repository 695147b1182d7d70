"""The last write of a dead run reaches the store after the next run began: nothing is lost."""

import json
import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from connector.blobs.address import blobs
from connector.blobs.blobs import ChangedError
from connector.exceptions import LedgerHeldError
from connector.ledger.ledger import Ledger
from connector.remote.holding import Holding
from connector.remote.lease import LOCK
from connector.remote.stores import store as store_of
from tests import stores
from tests.test_conformance_store import SCOPE, opened, runs

SECONDS = 0.4  # that a heartbeat counts
DEAD = Holding("dead", "process 1 on elsewhere", "", 3, SECONDS, is_free=False)
EMPTY_PIECE = b"\x02\0\0\0{}"
ENDED = [(1, "started"), (1, "finished"), (2, "started"), (2, "finished")]


@pytest.fixture(scope="module")
def server():
    with stores.s3() as found:
        yield found


@pytest.fixture
def address(server, tmp_path) -> str:
    yield f"s3://ledgers/{tmp_path.name}"
    server.fault = lambda *_: None


@pytest.fixture
def place(address):
    """The blobs of one ledger."""
    return blobs(f"{address}/shop.local")


def on(address, machine):
    return store_of(address, machine / "ledger.shop.local.duckdb", SECONDS)


def run_once(store) -> int:
    with opened(store) as ledger:
        assert isinstance(ledger, Ledger)
        run_id = ledger.start(SCOPE, "sync")
        ledger.finish(SCOPE, run_id, "sync", 0, {})
        return run_id


def left(place, holding) -> None:
    """Leave the lock of a run that was killed on another machine, between two beats of ours."""
    while True:
        _, tag = place.get(LOCK)
        with suppress(ChangedError):
            place.replace_if(LOCK, holding.encoded(), tag)
            return


def late(server, place, key: str, data: bytes) -> list[str]:
    """Let a write of the dead run arrive just before the first other write of the same name."""
    arrived, asking = [], threading.Lock()

    def fault(method: str, path: str) -> None:
        if (
            method == "PUT"
            and path.endswith(key)
            and not arrived
            and asking.acquire(blocking=False)
        ):
            arrived.append(key)
            place.put_new(key, data)

    server.fault = fault
    return arrived


@pytest.mark.parametrize("holding", [DEAD, replace(DEAD, is_free=True, is_clean=False)])
@pytest.mark.parametrize("key", [None, "gen/{:09d}", "log/{:09d}/000000001"])
def test_a_late_write_does_not_stop_the_next_run(server, address, place, tmp_path, holding, key):
    assert run_once(on(address, tmp_path / "here")) == 1
    number = int(place.listed("gen/")[-1].key.rpartition("/")[2])
    left(place, holding)
    if key is None:
        arrived = [key]  # killed when only the lock was left to release
    elif key.startswith("gen"):
        manifest = place.get(key.format(number))[0]
        arrived = late(server, place, key.format(number + 1), manifest)
    else:
        arrived = late(server, place, key.format(number), EMPTY_PIECE)
    assert run_once(on(address, tmp_path / "here")) == 2
    assert len(arrived) == 1
    assert runs(on(address, tmp_path / "clean")) == ENDED
    assert json.loads(place.get(LOCK)[0])["is_clean"]


def test_a_late_first_generation_does_not_stop_the_next_run(server, address, place, tmp_path):
    assert run_once(on(address, tmp_path / "there")) == 1
    manifest = place.get("gen/000000001")[0]
    kept = {each.key: place.get(each.key)[0] for each in place.listed("blocks/")}
    place.delete([each.key for folder in ("gen/", "log/") for each in place.listed(folder)])
    assert kept
    left(place, DEAD)
    arrived = late(server, place, "gen/000000001", manifest)
    assert run_once(on(address, tmp_path / "here")) == 1
    assert arrived
    assert runs(on(address, tmp_path / "clean")) == [(1, "started"), (1, "finished")]


def test_a_run_that_was_taken_over_while_it_began_writes_no_generation(server, address, tmp_path):
    """It loses the lock between reading the ledger and storing its first generation."""
    place = blobs(f"{address}/shop.local")
    run_once(on(address, tmp_path / "there"))
    left(place, DEAD)
    number = int(place.listed("gen/")[-1].key.rpartition("/")[2])

    def fault(method: str, path: str) -> None:
        if method == "PUT" and path.endswith(f"log/{number:09d}/000000001"):
            server.fault = lambda *_: None
            other = replace(DEAD, holder="other", beat=9)
            left(place, other)
            threading.Event().wait(SECONDS)
            manifest = place.get(f"gen/{number:09d}")[0]
            place.put_new(f"gen/{number + 1:09d}", manifest)

    server.fault = fault
    with pytest.raises(LedgerHeldError, match="taken over"), opened(on(address, tmp_path / "here")):
        pass
    assert int(place.listed("gen/")[-1].key.rpartition("/")[2]) == number + 1

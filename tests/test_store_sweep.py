"""Unused files are deleted from the store after a grace period, and erased ones at once."""

import os
import time
from pathlib import Path

import pytest
import yaml

from connector.blobs.address import blobs
from connector.remote import cleanup, generations
from connector.remote.stores import store as store_of
from tests.test_conformance_store import SCOPE, opened, runs
from tests.test_yespo_delivery import VIEWS

MAIL = b"someone3@mail.example"
TWO_HOURS = 2 * 3600


def run_once(address: str, cache: Path) -> None:
    with opened(store_of(address, cache)) as ledger:
        run_id = ledger.start(SCOPE, "sync")
        ledger.finish(SCOPE, run_id, "sync", 0, {})


def age(folder: Path) -> None:
    """Let all files look as if they were written two hours ago."""
    then = time.time() - TWO_HOURS
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


def names(folder: Path, kind: str) -> set[str]:
    return {path.name for path in (folder / kind).iterdir()}


def test_old_generations_go_after_the_grace_and_the_last_ten_stay(tmp_path):
    address, folder = f"file://{tmp_path}/store", tmp_path / "store" / "shop.local"
    cache = tmp_path / "cache" / "ledger.shop.local.duckdb"
    for _ in range(7):  # the first run makes two generations
        run_once(address, cache)
    last = cleanup.EVERY
    assert len(names(folder, "gen")) == last, "all of them are younger than the grace"
    for _ in range(cleanup.EVERY - 1):
        run_once(address, cache)
    age(folder)
    place = blobs(f"{address}/shop.local")
    dead, later = f"blocks/{'0' * 32}.3", f"blocks/{'0' * 32}.99"
    for name in (dead, later):
        place.put_new(name, b"left by a run that was killed, or written by one that took over")
    then = time.time() - TWO_HOURS
    os.utime(folder / dead, (then, then))
    os.utime(folder / later, (then, then))
    run_once(address, cache)
    last = 2 * cleanup.EVERY
    kept = [f"{number:09d}" for number in range(last - cleanup.KEPT + 1, last + 1)]
    assert sorted(names(folder, "gen")) == kept
    assert not (folder / dead).exists()
    assert (folder / later).exists(), "a later generation may need it"
    needed = generations.used([generations.read(place, int(number)) for number in kept])
    found = {f"blocks/{name}" for name in names(folder, "blocks")}
    assert found - {later} >= needed
    assert names(folder, "log") == {f"{last - 1:09d}"}, "it is within the grace"
    assert len(runs(store_of(address, tmp_path / "clean" / cache.name))) == 2 * (last - 1)
    oldest = generations.read(place, int(kept[0]))
    assert generations.fetch(place, oldest, tmp_path / "oldest.duckdb") == len(oldest.blocks)


@pytest.fixture
def stored(shop):
    """A shop with Yespo, of whose orders the ledger keeps the payloads, in a folder."""
    shop.sql(VIEWS)
    settings = yaml.safe_load((shop.directory / "connector.yml").read_text())
    own = {"environment": "local", "url": f"{shop.sandbox.url}/api/v1/orders"}
    settings |= {
        "ledger": f"file://{shop.directory}/store",
        "destinations": {"yespo": own | {"api_key": "${YESPO_API_KEY}"}},
    }
    shop.write(yaml.safe_dump(settings))
    return shop


def kept(shop) -> bytes:
    found = [*(shop.directory / "store").rglob("*"), *(shop.directory / ".connector").rglob("*")]
    return b"".join(path.read_bytes() for path in found if path.is_file())


def test_what_is_forgotten_is_in_no_generation_any_more(stored):
    assert stored.run("sync", "--allow-side-effects").code == 0
    for cents in (1, 2):  # more generations hold the payloads
        stored.sql(f'update yespo__orders set "totalCost" = "totalCost" + {cents}')
        assert stored.run("sync", "--yes", "--allow-side-effects").code == 0
    folder = stored.directory / "store" / "yespo.local"
    assert len(names(folder, "gen")) > 3
    assert MAIL in kept(stored)
    for path in (stored.directory / ".connector").rglob("*"):  # on a clean machine
        if path.is_file():
            path.unlink()

    stored.run("forget", "--order-id", "order-3", "--yes").fails(0, "1 order")
    assert MAIL not in kept(stored)
    assert len(names(folder, "gen")) == 1
    again = stored.run("sync", "--output", "json").json()[0]
    assert (again["delivered"], again["requests"]) == (0, 0)

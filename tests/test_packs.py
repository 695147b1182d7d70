"""The file of a ledger in a store: its blocks in packs, which generations share."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from connector.blobs.address import blobs
from connector.engine.engine import engine
from connector.ledger.file import attached
from connector.remote import cleanup, generations, moving, restoring, shelf
from connector.remote.held import held
from connector.remote.packs.damage import DamagedError
from connector.remote.packs.manifest import Generation, decoded, encoded
from connector.remote.packs.packing import BLOCK, HEADER, IN_A_PACK
from connector.remote.stores import USUAL
from connector.remote.stores import store as store_of
from tests.test_conformance_store import runs
from tests.test_store_sweep import age, run_once

BLOCKS_OF_FILE = 2 * IN_A_PACK + 3
MEBIBYTE = 1 << 20


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "store" / "shop.local"


@pytest.fixture
def place(folder):
    return blobs(f"file://{folder}")


@pytest.fixture
def file(tmp_path) -> Path:
    """A file laid out as DuckDB's are."""
    path = tmp_path / "ledger.duckdb"
    path.write_bytes(os.urandom(HEADER + BLOCKS_OF_FILE * BLOCK))
    return path


def sealed(place, path: Path, before: Generation) -> Generation:
    with path.open("rb") as file:
        return generations.seal(place, file, before, {}, "a test")


def change(path: Path, *numbers: int) -> None:
    """Change a byte of some of the file's blocks."""
    with path.open("r+b") as file:
        for number in numbers:
            file.seek(HEADER + number * BLOCK + 9)
            file.write(os.urandom(8))


def packs(folder: Path) -> set[str]:
    return {path.name for path in (folder / "blocks").iterdir()}


def earlier(place, path: Path, number: int, **facts: object) -> None:
    """Store a file as an earlier version did: an object for each 1 MiB, named in the manifest."""
    data, names = path.read_bytes(), []
    for start in range(0, len(data), MEBIBYTE):
        block = data[start : start + MEBIBYTE]
        names.append(f"{hashlib.blake2b(block, digest_size=16).hexdigest()}.{number}")
        place.put_new(f"blocks/{names[-1]}", block)
    told = {"blocks": names, "beside": {}, "made_at": "2026-11-01T00:00:00Z", "by": "before"}
    place.put_new(f"gen/{number:09d}", json.dumps(told | facts).encode())


def test_a_changed_block_is_one_small_object(place, folder, file, tmp_path):
    first = sealed(place, file, Generation(0))
    assert len(packs(folder)) == 3
    before = packs(folder)
    change(file, 4)
    second = sealed(place, file, first)
    (added,) = packs(folder) - before
    assert (folder / "blocks" / added).stat().st_size == BLOCK
    assert len(second.packs) == 4
    other = tmp_path / "other.duckdb"
    assert generations.fetch(place, first, other) == BLOCKS_OF_FILE
    asked: list[str] = []
    plain = place.get
    place.get = lambda key: (asked.append(key), plain(key))[1]
    assert generations.fetch(place, second, other) == 1
    assert asked == [f"blocks/{added}"]
    assert other.read_bytes() == file.read_bytes()
    assert generations.fetch(place, second, other) == 0
    other.write_bytes(file.read_bytes() + b"more")
    assert generations.fetch(place, second, other) == 0
    assert other.read_bytes() == file.read_bytes()


def test_a_pack_is_fetched_once_for_all_of_its_blocks(place, file, tmp_path):
    generation = sealed(place, file, Generation(0))
    asked: list[str] = []
    plain = place.get
    place.get = lambda key: (asked.append(key), plain(key))[1]
    other = tmp_path / "other.duckdb"
    generations.fetch(place, generation, other)
    assert other.read_bytes() == file.read_bytes()
    assert sorted(asked) == sorted(f"blocks/{name}" for name in generation.packs)
    assert other.stat().st_mode & 0o777 == 0o600


def test_a_manifest_is_small_and_read_as_it_was_written(place, file):
    generation = sealed(place, file, Generation(0))
    change(file, 3, 4, 11)
    generation = sealed(place, file, generation)
    assert decoded(2, encoded(generation)) == generation
    assert generations.manifest(place, 2) == generation
    assert generation.bytes == file.stat().st_size
    assert len(encoded(generation)) < 45 * BLOCKS_OF_FILE + 500


def test_what_is_left_of_a_pack_that_is_hardly_used_is_packed_again(place, file):
    first = sealed(place, file, Generation(0))
    change(file, *range(IN_A_PACK - 3))
    second = sealed(place, file, first)
    assert len(second.packs) == 3, "the first pack is not needed for three blocks"
    assert sum(second.packs.values()) == file.stat().st_size
    for number in range(2 * BLOCKS_OF_FILE):
        change(file, number % BLOCKS_OF_FILE)
        second = sealed(place, file, second)
        assert sum(second.packs.values()) <= 2 * file.stat().st_size


def test_equal_blocks_are_stored_once(place, folder, file, tmp_path):
    with file.open("ab") as end:
        end.write(bytes(3 * BLOCK))
    generation = sealed(place, file, Generation(0))
    stored = sum(path.stat().st_size for path in (folder / "blocks").iterdir())
    assert stored == file.stat().st_size - 2 * BLOCK
    generations.fetch(place, generation, tmp_path / "other.duckdb")
    assert (tmp_path / "other.duckdb").read_bytes() == file.read_bytes()


def test_a_run_that_was_killed_has_left_packs_that_do_not_disturb(place, folder, file, tmp_path):
    first = sealed(place, file, Generation(0))
    change(file, 1, 2)
    killed = sealed(place, file, first)
    (folder / "gen" / "000000002").unlink()
    left = packs(folder)
    assert sealed(place, file, first).blocks == killed.blocks, "the same content: used again"
    assert packs(folder) == left
    (folder / "gen" / "000000002").unlink()
    change(file, 2)
    again = sealed(place, file, first)
    assert killed.packs.keys() - first.packs.keys() != again.packs.keys() - first.packs.keys()
    generations.fetch(place, again, tmp_path / "other.duckdb")
    assert (tmp_path / "other.duckdb").read_bytes() == file.read_bytes()


def test_a_shared_pack_stays_until_no_generation_uses_it(place, folder, file):
    generation = sealed(place, file, Generation(0))
    (shared,) = [name for name, size in generation.packs.items() if size == 3 * BLOCK]
    while generation.number < cleanup.EVERY:
        change(file, 0)
        generation = sealed(place, file, generation)
    assert shared in generation.packs
    age(folder)
    place.put_new("log/000000009/000000001", b"the newest, by which the grace is measured")
    cleanup.delete_unneeded(place, generation.number, lambda: None)
    change(file, *range(2 * IN_A_PACK, BLOCKS_OF_FILE))
    while generation.number < 2 * cleanup.EVERY:
        generation = sealed(place, file, generation)
        assert shared not in generation.packs
    age(folder)
    place.put_new("log/000000017/000000001", b"the newest")
    cleanup.delete_unneeded(place, generation.number, lambda: None)
    assert shared in packs(folder), "a generation that can be restored needs it"
    while generation.number < 3 * cleanup.EVERY:
        generation = sealed(place, file, generation)
    age(folder)
    place.put_new("log/000000025/000000001", b"the newest")
    cleanup.delete_unneeded(place, generation.number, lambda: None)
    assert shared not in packs(folder)
    assert shelf.damages(place) == []
    assert packs(folder) == set(generation.packs)


def test_what_was_erased_is_in_no_pack_that_is_used_again(place, folder, tmp_path):
    address, cache = f"file://{tmp_path}/store", tmp_path / "cache" / "ledger.shop.local.duckdb"
    run_once(address, cache)
    store, fresh = store_of(address, cache), cache.with_suffix(".new")
    with engine(cache.parent) as connection, attached(connection, store):
        connection.execute("checkpoint ledger")
        shutil.copy(cache, fresh)  # all blocks stay the same, which no real erasure does
        fresh.replace(cache)
    (last,) = generations.numbers(place)
    assert packs(folder) == set(generations.read(place, last).packs)
    assert {name.partition(".")[2] for name in packs(folder)} == {str(last)}
    assert len(runs(store_of(address, tmp_path / "clean" / cache.name))) == 2


@pytest.mark.parametrize("how", ["damaged", "cut", "missing"])
def test_a_damaged_pack_names_itself_and_who_needs_it(place, folder, file, tmp_path, how):
    first = sealed(place, file, Generation(0))
    change(file, 0)
    second = sealed(place, file, first)
    pack = first.blocks[0].pack
    path = folder / "blocks" / pack
    if how == "damaged":
        with path.open("r+b") as damaged:
            damaged.seek(5)
            damaged.write(b"damaged")
    elif how == "cut":
        os.truncate(path, 100)
    else:
        path.unlink()
    needed = (1,) if how == "damaged" else (1, 2)  # the second has another first block
    assert shelf.damages(place) == [shelf.Damage(f"blocks/{pack}", needed)]
    with pytest.raises(DamagedError, match=pack):
        generations.fetch(place, first, tmp_path / "other.duckdb")
    with pytest.raises(DamagedError, match=pack):
        generations.verify(place, first)
    assert not (tmp_path / "other.duckdb").exists()
    if how == "damaged":
        generations.fetch(place, second, tmp_path / "other.duckdb")
        assert (tmp_path / "other.duckdb").read_bytes() == file.read_bytes()


@pytest.fixture
def before(tmp_path, folder, place):
    """A ledger in a store as an earlier version left it, and the address of the store."""
    address, cache = f"file://{tmp_path}/store", tmp_path / "made" / "ledger.shop.local.duckdb"
    run_once(address, cache)
    for number in generations.numbers(place):
        (folder / "gen" / f"{number:09d}").unlink()
    for path in (folder / "blocks").iterdir():
        path.unlink()
    os.utime(cache)
    earlier(place, cache, 1)  # the very first version did not write the bytes of the file
    earlier(place, cache, 2, bytes=cache.stat().st_size)
    return address


def test_a_store_of_an_earlier_version_goes_on(before, place, folder, tmp_path):
    clean = tmp_path / "clean" / "ledger.shop.local.duckdb"
    assert shelf.damages(place) == []
    assert shelf.size(generations.read(place, 2)) <= shelf.size(generations.read(place, 1))
    assert len(runs(store_of(before, clean))) == 2
    old = packs(folder)
    run_once(before, clean)
    last = generations.numbers(place)[-1]
    generation = generations.read(place, last)
    assert not old & generation.packs.keys(), "the first run stores the whole file once more"
    assert packs(folder) > old, "earlier generations need theirs"
    assert len(runs(store_of(before, tmp_path / "other" / clean.name))) == 4
    with held(f"{before}/shop.local", clean, USUAL) as ledger:
        restored = restoring.restore(ledger, restoring.chosen(place, 2))
    assert restored.packs.keys() <= old
    assert len(runs(store_of(before, tmp_path / "third" / clean.name))) == 2
    run_once(before, clean)
    assert shelf.damages(place) == []


@pytest.mark.usefixtures("before")
def test_a_damaged_block_of_an_earlier_version_names_itself(place, folder, tmp_path):
    path = min((folder / "blocks").glob("*.2"))
    path.write_bytes(b"damaged")
    assert shelf.damages(place) == [shelf.Damage(f"blocks/{path.name}", (2,))]
    with pytest.raises(DamagedError, match=path.name):
        generations.fetch(place, generations.read(place, 2), tmp_path / "other.duckdb")


def test_a_ledger_of_an_earlier_version_moves_to_a_file(before, tmp_path):
    path = tmp_path / "moved" / "ledger.duckdb"
    path.parent.mkdir()
    cache = tmp_path / "made" / "ledger.shop.local.duckdb"
    assert moving.to_file(before, "shop.local", path, str(path), cache) == path.stat().st_size
    assert len(runs(store_of("", path))) == 2

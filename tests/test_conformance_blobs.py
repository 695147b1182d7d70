"""What every place for blobs must do: a real folder, an S3 server and PostgreSQL."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from connector.blobs.address import blobs, check
from connector.blobs.blobs import ChangedError, ExistsError, MissingError
from connector.blobs.patient import Patient
from connector.exceptions import ConfigError, LedgerError
from tests import stores

RACERS = 8


@contextmanager
def folder(tmp):
    yield f"file://{tmp / 'blobs'}"


@contextmanager
def s3(_):
    with stores.s3():
        yield "s3://ledgers/some/prefix"


@contextmanager
def postgres(_):
    if not stores.POSTGRES:
        pytest.skip("PostgreSQL is not installed: its store is NOT TESTED")
    with stores.postgres() as url:
        yield f"{url}/prefix"


@contextmanager
def azure(_):
    if not AZURITE:
        pytest.skip("needs --azurite AZURITE-BLOB, see `make test-azure`")
    with stores.azure(AZURITE[0]) as url:
        yield f"{url}/some/prefix"


AZURITE: list[str] = []
PLACES = {"file": folder, "s3": s3, "postgres": postgres, "azure": azure}


@pytest.fixture(scope="module", params=PLACES)
def address(request, tmp_path_factory):
    AZURITE[:] = filter(None, [request.config.getoption("--azurite")])
    with PLACES[request.param](tmp_path_factory.mktemp("blobs")) as found:
        yield found


@pytest.fixture
def place(address, request):
    found = blobs(f"{address}/{abs(hash(request.node.name))}")
    yield found
    found.close()


def test_a_blob_is_written_once_and_read_back(place):
    body = os.urandom(1 << 20) + b"\0\xff"
    tag = place.put_new("a/b", body)
    assert place.get("a/b") == (body, tag)
    with pytest.raises(ExistsError):
        place.put_new("a/b", b"other")
    assert place.get("a/b")[0] == body
    with pytest.raises(MissingError):
        place.get("a/c")


def test_only_the_version_that_was_seen_is_replaced(place):
    first = place.put_new("lock", b"1")
    second = place.replace_if("lock", b"2", first)
    with pytest.raises(ChangedError):
        place.replace_if("lock", b"3", first)
    assert place.get("lock") == (b"2", second)
    place.delete(["lock"])
    with pytest.raises(ChangedError):
        place.replace_if("lock", b"3", second)


def test_a_list_names_what_is_below_a_folder_in_order(place):
    for key in ("log/2/10", "log/2/9", "log/20/1", "gen/1"):
        place.put_new(key, key.encode())
    found = place.listed("log/2/")
    assert [each.key for each in found] == ["log/2/10", "log/2/9"]
    assert [each.size for each in found] == [8, 7]
    assert all(each.modified.tzinfo for each in found)
    assert len(place.listed("")) == 4
    place.delete(["log/2/10", "log/2/nothing"])
    assert [each.key for each in place.listed("log/2/")] == ["log/2/9"]
    assert place.listed("nothing/") == []


@pytest.mark.parametrize("how", ["new", "replaced"])
def test_of_several_at_once_one_wins(place, address, request, how):
    mine = [blobs(f"{address}/{abs(hash(request.node.name))}") for _ in range(RACERS)]
    tag = place.put_new("lock", b"") if how == "replaced" else None

    def race(number: int) -> bool:
        try:
            data = str(number).encode()
            if tag is None:
                mine[number].put_new("lock", data)
            else:
                mine[number].replace_if("lock", data, tag)
        except (ExistsError, ChangedError):
            return False
        return True

    with ThreadPoolExecutor(RACERS) as pool:
        won = list(pool.map(race, range(RACERS)))
    for each in mine:
        each.close()
    assert sum(won) == 1
    assert place.get("lock")[0] == str(won.index(True)).encode()


# A server that fails.


@pytest.fixture(scope="module")
def server():
    with stores.s3() as found:
        yield found


@pytest.fixture
def faulty(server, request):
    """A place on the server, and the faults of its next requests."""
    faults: list[str | None] = []
    server.fault = lambda *_: faults.pop(0) if faults else None
    yield blobs(f"s3://ledgers/{abs(hash(request.node.name))}", 5.0), faults
    server.fault = lambda *_: None


@pytest.mark.parametrize("fault", ["503", "lost", "slow"])
def test_what_fails_for_the_moment_is_asked_again(faulty, fault):
    place, faults = faulty
    faults += [fault] * 2
    tag = place.put_new("a", b"1")
    faults += [fault] * 2
    tag = place.replace_if("a", b"2", tag)
    assert place.get("a") == (b"2", tag)
    faults += [fault]
    with pytest.raises(ExistsError):
        place.put_new("a", b"3")
    faults += [fault]
    assert place.replace_if("a", b"4", tag) == place.get("a")[1]


@pytest.mark.parametrize(
    ("fault", "words"),
    [("503", "does not answer"), ("403", "permissions"), ("507", "no space"), ("501", "etag")],
)
def test_what_fails_for_good_is_told_with_what_to_do(faulty, fault, words):
    place, faults = faulty
    impatient = Patient(place._blobs, patience=0.0)  # noqa: SLF001 - the same place
    faults += [fault] * 5
    with pytest.raises(LedgerError, match=words) as told:
        impatient.put_new("a", b"1")
    assert "planted" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://x/y", "use one of s3://"),
        ("postgres://me:secret@h/d", "PGPASSWORD"),
        ("file://host/x", "file:///folder"),
        ("s3:///x", "names no bucket"),
        ("postgres://h", "names no database"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(address, words):
    assert words in check(address)
    with pytest.raises(ConfigError, match=words.replace("/", ".")):
        blobs(address)
    assert "secret" not in check(address)

"""What every store of a ledger must do, over real files, servers and processes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from connector.engine.engine import engine
from connector.engine.scope import Scope
from connector.exceptions import LedgerError, LedgerHeldError
from connector.ledger.file import LocalFile, attached
from connector.ledger.ledger import Ledger
from connector.ledger.store import Store
from connector.remote.stores import store as store_of
from tests import stores

SCOPE = Scope("shop", "local")
SECONDS = 6.0  # that a heartbeat counts
SERVERS: dict[str, str] = {}
RUNS = "select run_id, event from ledger.runs order by run_id, event desc"

# Begins a run on a ledger, says so, and then waits until its standard input is closed.
HOLDS = """
import sys
from tests.test_conformance_store import PLACES, SCOPE, opened
with opened(PLACES[sys.argv[1]].store(sys.argv[2])) as ledger:
    ledger.start(SCOPE, "sync")
    print("holds", flush=True)
    sys.stdin.read()
    ledger.finish(SCOPE, 1, "sync", 0, {})
"""


@dataclass(frozen=True)
class Place:
    """A kind of store: `store` makes one from a text, which `where` returns for a folder."""

    store: Callable[[str], Store]
    where: Callable[[Path], str]


def remote(text: str) -> Store:
    address, cache = text.split(" ")
    return store_of(address, Path(cache), SECONDS)


def below(folder: Path, address: str) -> str:
    return f"{address} {folder / 'cache' / 'ledger.shop.local.duckdb'}"


PLACES = {
    "file": Place(lambda text: LocalFile(Path(text)), lambda folder: str(folder / "l.duckdb")),
    "folder": Place(remote, lambda folder: below(folder, f"file://{folder}/remote")),
    "s3": Place(remote, lambda folder: below(folder, f"s3://ledgers/{folder.name}")),
    "postgres": Place(remote, lambda folder: below(folder, f"{SERVERS['postgres']}/{folder.name}")),
    "azure": Place(remote, lambda folder: below(folder, f"az://ledgers/{folder.name}")),
}


@pytest.fixture(params=PLACES)
def place(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def servers(request):
    azurite = request.config.getoption("--azurite")
    with (
        stores.s3(),
        stores.azure(azurite) if azurite else nullcontext(),
        stores.postgres() if stores.POSTGRES else nullcontext() as url,
    ):
        SERVERS["postgres"] = url
        yield


@pytest.fixture
def where(place, tmp_path, servers, request) -> str:  # noqa: ARG001
    if place == "azure" and not request.config.getoption("--azurite"):
        pytest.skip("needs --azurite AZURITE-BLOB, see `make test-azure`")
    if place == "postgres" and not stores.POSTGRES:
        pytest.skip("PostgreSQL is not installed: its store is NOT TESTED")
    return PLACES[place].where(tmp_path)


@pytest.fixture
def store(place, where) -> Store:
    return PLACES[place].store(where)


@contextmanager
def opened(store: Store, *, read_only: bool = False) -> Iterator[Ledger]:
    with (
        engine(store.path.parent, read_only=read_only) as connection,
        attached(connection, store, read_only=read_only) as ledger,
    ):
        yield ledger


def runs(store: Store) -> list[tuple[int, str]]:
    with (
        engine(store.path.parent, read_only=True) as connection,
        attached(connection, store, read_only=True),
    ):
        return connection.execute(RUNS).fetchall()


def holding(place: str, where: str) -> subprocess.Popen[str]:
    """Start a process that holds the ledger, and return when it does."""
    command = [sys.executable, "-c", HOLDS, place, where]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout.readline() == "holds\n"
    return process


def test_what_is_written_is_there_for_the_next(store, place, where):
    with opened(store) as ledger:
        run_id = ledger.start(SCOPE, "sync")
        ledger.finish(SCOPE, run_id, "sync", 0, {})
    assert runs(PLACES[place].store(where)) == [(1, "started"), (1, "finished")]


def test_a_reader_of_one_that_is_not_there_gets_an_empty_one(store):
    assert runs(store) == []
    assert not store.path.exists()


def test_it_is_held_by_one_at_a_time_and_free_at_the_end(store, place, where):
    process = holding(place, where)
    with pytest.raises(LedgerHeldError, match=f"process {process.pid}"), opened(store):
        pass
    process.communicate()
    assert process.returncode == 0
    with opened(store) as ledger:
        assert ledger.start(SCOPE, "sync") == 2


def test_one_that_was_killed_has_left_what_was_flushed_and_no_lock(store, place, where):
    process = holding(place, where)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with opened(store) as ledger:
        ledger.check()
        assert ledger.start(SCOPE, "sync") == 2
    assert runs(store) == [(1, "started"), (1, "killed"), (2, "started")]


def test_the_first_error_is_told_and_the_ledger_is_free_again(store):
    with pytest.raises(ZeroDivisionError), opened(store) as ledger:
        assert ledger.start(SCOPE, "sync") / 0
    with opened(store) as ledger:
        assert ledger.start(SCOPE, "sync") == 2


def test_what_is_not_a_ledger_is_refused_and_left_as_it_is(store):
    store.path.parent.mkdir(exist_ok=True, parents=True)
    with duckdb.connect(store.path) as other:
        other.execute("create table theirs as select 1 as a")
    if isinstance(store, LocalFile):
        with pytest.raises(LedgerError, match="is not a ledger"), opened(store):
            pass
        with duckdb.connect(store.path) as other:
            assert other.execute("from theirs").fetchall() == [(1,)]
    else:  # a cache that differs from the store is replaced
        with opened(store) as ledger:
            assert ledger.start(SCOPE, "sync") == 1


# Stores that outlive their machine.


@pytest.fixture
def elsewhere(place, where, tmp_path) -> str:
    """The same ledger on a clean machine."""
    if place == "file":
        pytest.skip("a file is on one machine")
    address, _, _ = where.partition(" ")
    return f"{address} {tmp_path / 'elsewhere' / 'ledger.shop.local.duckdb'}"


def test_a_clean_machine_has_all_that_was_flushed(place, where, elsewhere):
    process = holding(place, where)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    began = time.monotonic()
    with opened(PLACES[place].store(elsewhere)) as ledger:
        assert time.monotonic() - began > SECONDS
        assert ledger.start(SCOPE, "sync") == 2
        ledger.finish(SCOPE, 2, "sync", 0, {})
    expected = [(1, "started"), (1, "killed"), (2, "started"), (2, "finished")]
    assert runs(PLACES[place].store(elsewhere)) == expected
    assert runs(PLACES[place].store(where)) == expected


def test_a_second_machine_ends_when_the_beat_moves(place, where, elsewhere):
    process = holding(place, where)
    with (
        pytest.raises(LedgerHeldError, match=f"process {process.pid}"),
        opened(PLACES[place].store(elsewhere)),
    ):
        pass
    process.communicate()
    assert process.returncode == 0


def test_one_that_was_frozen_and_taken_over_may_send_nothing_more(place, where, elsewhere):
    process = holding(place, where)
    process.send_signal(signal.SIGSTOP)
    with opened(PLACES[place].store(elsewhere)) as ledger:
        assert ledger.start(SCOPE, "sync") == 2
    process.send_signal(signal.SIGCONT)
    _, told = process.communicate()
    assert process.returncode != 0
    assert "another run has taken over" in told
    assert runs(PLACES[place].store(elsewhere)) == [(1, "started"), (1, "killed"), (2, "started")]


def test_what_changes_the_file_itself_is_put_back_at_once(place, where, elsewhere):
    many = (
        "insert into ledger.superseded select 'shop', 'local', 'O' || i, 1 from range(200_000) x(i)"
    )
    counted = "select count(*) from ledger.superseded"
    with opened(PLACES[place].store(where)) as ledger:
        ledger.transact(many)
        ledger.start(SCOPE, "sync")
        with (
            engine(Path(elsewhere.split(" ")[1]).parent, read_only=True) as connection,
            attached(connection, PLACES[place].store(elsewhere), read_only=True),
        ):
            assert connection.execute(counted).fetchall() == [(200_000,)]
            assert connection.execute(RUNS).fetchall() == [(1, "started")]

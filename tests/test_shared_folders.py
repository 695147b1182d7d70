"""What else lies on the disk: other runs' spill files, foreign logs, links, forbidden places."""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pytest

from connector.engine.duckdb_file import newer_version
from connector.engine.engine import engine
from connector.engine.spill import remove_abandoned, spilling
from connector.exceptions import LedgerError
from connector.http import spending
from connector.ledger.beside import progress
from connector.ledger.ledger import Ledger
from tests.shop import Shop, ended

ORDERS = 100


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.orders(0, ORDERS)
    return shop


def spills(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.glob("*spill-*"))


# Spill files.


def test_only_the_spill_files_of_the_dead_are_swept(tmp_path):
    dead, old, fresh = (tmp_path / f"spill-{name}" for name in ("dead", "old", "fresh"))
    for folder in (dead, old, fresh):
        folder.mkdir()
        folder.joinpath("rows.tmp").write_bytes(b"rows")
    dead.joinpath("lock").touch()
    os.utime(old, (0, 0))
    with spilling(tmp_path, read_only=False) as own:
        remove_abandoned(tmp_path)
        assert spills(tmp_path) == sorted([own.name, "spill-fresh"])
    assert spills(tmp_path) == ["spill-fresh"]


def test_two_ledgers_in_one_folder_do_not_disturb_each_other(shop):
    """The second run begins while the first one sends; both succeed."""
    other = (shop.directory / "connector.yml").read_text()
    (shop.directory / "other.yml").write_text(other.replace("ledger.duckdb", "other.duckdb"))
    with shop.sandbox.silent():
        first = shop.start("sync")
        while (progress.read(shop.ledger) or {}).get("phase") != "sending":
            time.sleep(0.05)
        held = spills(shop.ledger.parent)
        second = shop.start("--config", "other.yml", "sync")
        while len(spills(shop.ledger.parent)) < 2:
            time.sleep(0.05)
        time.sleep(0.5)
        assert set(held) <= set(spills(shop.ledger.parent))
    assert (ended(first).code, ended(second).code) == (0, 0)
    assert spills(shop.ledger.parent) == []


def test_a_full_disk_for_spill_files_is_not_told_as_a_damaged_ledger(tmp_path):
    """A separate process, since the limit of a file's size applies to all of it."""
    program = f"""
import duckdb, pathlib, resource, signal
from connector.engine.engine import engine
from connector.ledger.file import attached
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = pathlib.Path({str(tmp_path)!r})
with engine(path, "60MB") as connection, attached(connection, path / "ledger.duckdb"):
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    sql = "create table work.a as select i, random()::varchar from range(9000000) t(i)"
    connection.execute(sql)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "LedgerError: the spill files in" in done.stderr, done.stderr
    assert "the ledger is well" in done.stderr


def test_a_ledger_that_fails_late_is_told_with_what_was_delivered_by_then(shop, monkeypatch):
    """Like a disk that is full when the run tidies up."""

    def settle(ledger: Ledger, *_arguments, **_named) -> None:
        raise LedgerError(f"{ledger.path} cannot be written; check the free space")

    monkeypatch.setattr(Ledger, "settle", settle)
    result = shop.run("sync", "--output", "json")
    (told,) = result.json()
    assert (result.code, told["exit_code"]) == (2, 2)
    assert (told["delivered"], told["pending"], told["orders"]) == (ORDERS, 0, None)
    assert "delivered nothing" not in str(told["alerts"])
    assert f"{ORDERS} orders were delivered" in str(told["alerts"])


# Ledgers and warehouses that cannot be read.


def written_by(path: Path, version: str) -> None:
    """Change the version in the header of a file, as if that version had written it."""
    content = bytearray(path.read_bytes())
    content[12:20] = struct.pack("<Q", 2**40)
    content[52:84] = version.encode().ljust(32, b"\0")
    path.write_bytes(content)


def test_a_file_of_a_newer_duckdb_is_told_as_that(shop):
    assert shop.sync()["exit_code"] == 0
    written_by(shop.ledger, "v99.1.2")
    for command in ("sync", "status", "errors", "runs"):
        shop.run(command).fails(2, "DuckDB 99.1.2", "pip install 'duckdb>=99.1.2'")
    shop.ledger.unlink()
    written_by(shop.warehouse, "v99.1.2")
    shop.run("sync").fails(2, "oms.duckdb was written by DuckDB 99.1.2")


def test_an_older_version_is_not_told_as_a_newer_one(tmp_path):
    path = tmp_path / "old.duckdb"
    duckdb.connect(str(path)).close()
    written_by(path, "v1.0.0")
    assert newer_version(path, RuntimeError("checksum")) is None
    told = RuntimeError("was created with DuckDB version v99.0.1, which")
    assert newer_version(path, told) == "99.0.1"


def foreign_wal(path: Path) -> None:
    """Leave the log of another database beside one."""
    other = path.with_name("elsewhere.duckdb")
    program = (
        f"import duckdb, os; c = duckdb.connect({str(other)!r}); "
        "c.execute('create table t (i int)'); c.execute('insert into t values (1)'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    shutil.move(f"{other}.wal", f"{path}.wal")


def test_a_log_of_another_database_is_told_as_that(shop):
    foreign_wal(shop.warehouse)
    shop.run("plan").fails(2, "oms.duckdb.wal does not belong to", "move")
    Path(f"{shop.warehouse}.wal").unlink()
    assert shop.sync()["exit_code"] == 0
    foreign_wal(shop.ledger)
    shop.run("sync").fails(2, "ledger.duckdb.wal does not belong to", "A lost")


def test_a_busy_warehouse_is_5_after_the_wait_that_is_set(shop):
    shop.write("warehouse_wait: 1s\n" + (shop.directory / "connector.yml").read_text())
    opening = f"import duckdb, sys; c = duckdb.connect({str(shop.warehouse)!r})"
    holding = f"{opening}; print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holding], stdin=-1, stdout=-1) as holder:
        holder.stdout.readline()
        began = time.monotonic()
        shop.run("sync").fails(5, f"PID {holder.pid}", "warehouse_wait")
        assert 1 <= time.monotonic() - began < 15  # the default
        holder.stdin.close()
    assert shop.sync()["exit_code"] == 0


def test_a_missing_table_is_a_bug_and_no_full_disk(shop):
    shop.sync()
    with duckdb.connect(str(shop.ledger)) as ledger:
        ledger.execute("drop table watermarks")
    result = shop.run("sync")
    assert result.code == 70
    assert "free space" not in result.err


LEDGERS = sorted((Path(__file__).parent / "ledgers").glob("*.sql"))


@pytest.mark.parametrize("ledger", LEDGERS, ids=[path.stem for path in LEDGERS])
def test_every_report_reads_a_ledger_of_an_earlier_version(shop, ledger):
    """It stays unchanged: reading brings a copy up to date instead."""
    shop.ledger.parent.mkdir()
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(ledger.read_text())
    before = shop.ledger.read_bytes()
    for command in ("status", "errors", "runs", "plan", f"export --to {shop.directory}/exports"):
        result = shop.run(*command.split())
        assert result.code in {0, 1}, (command, result.err)
    assert shop.ledger.read_bytes() == before


# Places without access.


ANOTHER = """
import contextlib, io, json, os, sys
from connector.cli import run

def told(*arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = run(["--project-dir", sys.argv[1], *arguments])
    return code, out.getvalue()

commands = ["status", "errors", "runs", "plan", "validate", "sync"]
for command in commands:
    told(command)  # loads what another user may not read
os.setegid(65534)
os.seteuid(65534)
print(json.dumps({command: told(command) for command in commands}))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is needed")
def test_who_may_only_read_may_ask(shop):
    """The folder belongs to another user; nothing is left in it."""
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000000'")
    shop.sync()
    with tempfile.TemporaryDirectory() as directory:
        there = Path(shutil.copytree(shop.directory, directory, dirs_exist_ok=True))
        for path in (there, *there.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        program = [sys.executable, "-c", ANOTHER, str(there)]
        done = subprocess.run(program, capture_output=True, text=True, check=True)
        told = json.loads(done.stdout)
        assert spills(there / ".connector") == []
    assert told.pop("sync")[0] == 2
    codes = {command: code for command, (code, _) in told.items()}
    assert codes == {"status": 0, "errors": 0, "runs": 0, "plan": 1, "validate": 1}, told
    assert "XXX" not in told["status"][1]


def test_small_files_follow_no_link(tmp_path):
    """Neither replaced nor appended to."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    ledger = tmp_path / "ledger.duckdb"
    for name in (
        "ledger.tmp",
        "ledger.progress.tmp",
        "ledger.progress.json",
        "ledger.spending.jsonl",
    ):
        (tmp_path / name).symlink_to(victim)
    progress.ProgressFile(ledger).write({"phase": "sending"})
    noted = spending.Spending(ledger, "northbeam uat", 60.0)
    noted.begin("1-1", 10)
    noted.recall()
    assert victim.read_text() == "precious"
    assert not (tmp_path / "ledger.progress.json").is_symlink()


def test_a_progress_file_that_cannot_be_written_does_not_end_a_run(shop):
    shop.ledger.parent.mkdir()
    (shop.ledger.parent / "ledger.progress.json").mkdir()
    assert shop.sync()["exit_code"] == 0


def test_an_engine_without_a_place_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="cannot be written"), engine(tmp_path / "file" / "x"):
        pass

"""Checks of what is on disk: the warehouse, the ledger, free space, and who may read it."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import duckdb

from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Subject
from connector.engine.duckdb_file import is_newer, made_by
from connector.exceptions import LedgerError, LedgerHeldError
from connector.ledger.beside.stamps import APPLICATION, state_folder
from connector.ledger.contents import whole
from connector.ledger.file import attached
from connector.remote import stores

_ROOM = 1_000_000_000  # bytes free that a run can spill into
_COPIES = 2  # how many times its size the ledger takes while it is compacted


def warehouse(subject: Subject) -> Iterator[Result]:
    """Check that the warehouse can be opened."""
    path = subject.warehouse().file
    with subject.opened() as reader:
        yield ok(f"{path}, {_size(path.stat().st_size)}" if path else str(reader))


def ledger(subject: Subject) -> Iterator[Result]:
    """Check that each ledger is one, and that every value in it can be read."""
    found = subject.ledgers()
    if not found:
        yield ok(f"{subject.ledger()} is not there yet; the first run makes it")
    for path in found:
        yield _read(subject, path)


def _read(subject: Subject, path: Path) -> Result:
    store = stores.store(subject.configuration()[0].store, path)
    try:
        with duckdb.connect() as connection, attached(connection, store, read_only=True):
            for table in whole.tables(connection):
                whole.read(connection, table)
    except LedgerHeldError as error:
        return skipped(f"not checked: {error}")
    except LedgerError as error:
        return failed(str(error))
    return ok(f"{path}, {_size(path.stat().st_size)}")


def room(subject: Subject) -> Iterator[Result]:
    """Check that a run has room for what it spills and for the ledgers."""
    path = subject.ledger()
    size = sum(each.stat().st_size for each in subject.ledgers())
    directory = next(each for each in path.absolute().parents if each.exists())
    free = shutil.disk_usage(directory).free
    needed = max(_ROOM, _COPIES * size)
    told = f"{_size(free)} free in {directory}"
    if free >= needed:
        yield ok(told)
    else:
        yield failed(f"{told}, a run may need {_size(needed)}; make room, or move `ledger:`")


def versions(subject: Subject) -> Iterator[Result]:
    """Check that the installed DuckDB can read what made the warehouse and the ledger."""
    for path in subject.ledgers():
        yield from _version(path)
    if file := subject.warehouse().file:
        yield from _version(file)


def _version(path: Path) -> Iterator[Result]:
    made = made_by(path)
    if made is None:  # it is not there, or no file of DuckDB: other checks say so
        return
    version, storage = made
    told = f"{path} was made by DuckDB {version} (storage version {storage})"
    if is_newer(version):
        advice = f"run `pip install 'duckdb>={version}'`"
        yield failed(f"{told}, and {duckdb.__version__} is installed; {advice}")
    else:
        yield ok(f"{told}, {duckdb.__version__} is installed")


def writable(subject: Subject) -> Iterator[Result]:
    """Check that everything that a run writes can be written."""
    seen: set[Path] = set()
    for directory, what, remedy in _places(subject):
        if directory in seen:
            continue
        seen.add(directory)
        here = next(each for each in (directory, *directory.absolute().parents) if each.exists())
        try:
            with TemporaryFile(dir=here) as file:
                file.write(b"-")
                file.flush()
        except OSError as error:
            yield failed(f"{here} cannot be written ({error.strerror}), for {what}; {remedy}")
        else:
            yield ok(f"{directory}: {what}")
    for path in subject.ledgers():
        if not os.access(path, os.W_OK):
            advice = f"run `chmod 600 {path}`, or use its owner's account"
            yield failed(f"{path} cannot be written; {advice}")


def _places(subject: Subject) -> Iterator[tuple[Path, str, str]]:
    """Yield the directories that runs write to, for what, and what to do when they cannot."""
    rights = "correct its permissions"
    needed = "the ledger, its spill files and cron's log"
    yield subject.ledger().parent, needed, f"{rights}, or `ledger:` in connector.yml"
    state = state_folder()
    if state:
        noticed = "without it a ledger that is put back from a copy is noticed less surely"
        yield state / APPLICATION, "the stamps of ledgers", f"{rights}; {noticed}"
    if subject.metrics:
        yield subject.metrics.parent, "the metrics file", rights
    if subject.dbt_project() is not None:
        logs = os.environ.get("DBT_LOG_PATH", "logs")
        for directory in (subject.manifest().parent, subject.options.project_dir / logs):
            yield directory, "what dbt writes (`sync --build`)", rights


def modes(subject: Subject) -> Iterator[Result]:
    """Check that only the owner can read the ledger or replace it."""
    if os.name != "posix":
        yield skipped("files have no modes on this system")
        return
    path = subject.ledger()
    if not subject.ledgers():
        yield ok("the first run makes the ledger readable by its owner only")
        return
    private = [each for each in path.parent.glob(f"{path.stem}.*") if each.is_file()]
    wrong = [*_open(private, 0o077, "600"), *_open([path.parent], 0o022, "700")]
    yield from wrong or [ok("only their owner reads the ledger's files")]


def _open(paths: list[Path], forbidden: int, mode: str) -> Iterator[Result]:
    for path in paths:
        found = stat.S_IMODE(path.stat().st_mode)
        if found & forbidden:
            yield failed(f"{path} is open to others ({found:o}); run `chmod {mode} {path}`")


def _size(number: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:  # noqa: PLR2004 - that of a prefix
            return f"{number:,.0f} {unit}"
        number /= 1000
    return f"{number:,.0f} GB"


CHECKS: Group[Subject] = {
    "warehouse": warehouse,
    "ledger": ledger,
    "versions": versions,
    "directories": writable,
    "disk space": room,
    "file modes": modes,
}

"""Checks of what lies on disk: the warehouse, the ledger, room, and who may read it."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb

from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Subject
from connector.errors import LedgerHeldError
from connector.ledger.ledger_file import TABLES, attached
from connector.sql import statement

_ROOM = 1_000_000_000  # bytes free that a run can spill into
_COPIES = 2  # how many times its size the ledger takes while it is compacted


def warehouse(subject: Subject) -> Iterator[Result]:
    """Check that the warehouse can be opened."""
    path = subject.warehouse().path
    with subject.opened():
        yield ok(f"{path}, {_size(path.stat().st_size)}")


def ledger(subject: Subject) -> Iterator[Result]:
    """Check that the ledger is one, and that every value in it can be read."""
    path = subject.ledger()
    if not path.exists():
        yield ok(f"{path} is not there yet; the first run makes it")
        return
    try:
        with duckdb.connect() as connection, attached(connection, path, read_only=True):
            for (table,) in connection.execute(TABLES).fetchall():
                connection.execute(statement("read_whole"), {"table": f"ledger.{table}"})
    except LedgerHeldError as error:
        yield skipped(f"not checked: {error}")
    else:
        yield ok(f"{path}, {_size(path.stat().st_size)}")


def room(subject: Subject) -> Iterator[Result]:
    """Check that a run has room for what it spills and for the ledger."""
    path = subject.ledger()
    directory = next(each for each in path.absolute().parents if each.exists())
    free = shutil.disk_usage(directory).free
    needed = max(_ROOM, _COPIES * path.stat().st_size if path.exists() else 0)
    told = f"{_size(free)} free in {directory}"
    if free >= needed:
        yield ok(told)
    else:
        yield failed(f"{told}, a run may need {_size(needed)}; make room, or move `ledger:`")


def modes(subject: Subject) -> Iterator[Result]:
    """Check that nobody else can read the ledger, or put another file in its place."""
    if os.name != "posix":
        yield skipped("files have no modes on this system")
        return
    path = subject.ledger()
    if not path.exists():
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
    "disk space": room,
    "file modes": modes,
}

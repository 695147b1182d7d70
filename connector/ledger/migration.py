"""Brings a ledger of an earlier version up to date."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from connector.compile import literal
from connector.exceptions import LedgerError
from connector.ledger.beside import noted_end, stamps
from connector.ledger.contents import tables
from connector.ledger.contents.views import views
from connector.ledger.ledger import Ledger
from connector.sql import Statements

statement = Statements(__file__)

VERSION = 5
_CHANGES: tuple[tuple[int, Callable[[], str]], ...] = (  # by the version that they bring
    (2, lambda: statement("version_1", "version_2")),
    (3, tables.memory),
    (3, lambda: statement("version_3")),
    (4, tables.requests),
)
_LATEST = {"answers", "completeness"}
_LATER = (
    "select table_name from duckdb_tables() "
    "where database_name = 'ledger' and table_name in ('answers', 'completeness')"
)


def make(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make the tables of a new ledger."""
    _change(connection, path, [tables.new()], None)


def version_of(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Return the version of the attached ledger; raises LedgerError for one of a newer version."""
    row = connection.execute("select max(version) from ledger.meta").fetchone()
    version = int(row[0] or 0) if row else 0
    if not 1 <= version <= VERSION:
        raise LedgerError(
            f"{path} is of version {version}, this connector knows version {VERSION}; install the "
            "newer connector that wrote it"
        )
    return version


def is_current(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Return whether the attached ledger is as this version makes it.

    The first ones that carried its number lacked tables.
    """
    return version_of(connection, path) == VERSION and _later_tables(connection) == _LATEST


def _later_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return which tables there are that the first ledgers of this number lacked."""
    return {name for (name,) in connection.execute(_LATER).fetchall()}


def migrate(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Bring the attached ledger up to date, in one transaction.

    One whose path was stamped before is a copy from before that: it gets a name that every stamp is
    ahead of.
    """
    version, later = version_of(connection, path), _later_tables(connection)
    if version < VERSION or later != _LATEST:
        known = "" if stamps.exist(path) else None
        changes = list(_changes(version, are_slim="answers" in later))
        _change(connection, path, changes, known)


@contextmanager
def up_to_date(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Let a command that only reads see an old ledger as a run would.

    Old is one of an earlier version, one that was put back from a copy, and one that could not take
    the end of its last run. The ledger stays as it is: a copy of it, which is gone afterwards, is
    brought up to date.
    """
    ledger = Ledger(connection, path)
    if is_current(connection, path) and not ledger.ahead() and not noted_end.read(path):
        yield
        return
    connection.execute("detach ledger")
    row = connection.execute("select current_setting('temp_directory')").fetchone()
    with tempfile.TemporaryDirectory(dir=row[0] if row else None) as directory:
        for part in path.parent.glob(f"{path.name}*"):
            shutil.copyfile(part, Path(directory) / part.name)
        connection.execute(f"attach {literal(str(Path(directory) / path.name))} as ledger")
        migrate(connection, path)
        ledger.distrust()
        ledger.recover()
        try:
            yield
        finally:
            with suppress(duckdb.Error):  # an export has let it go already
                connection.execute("detach ledger")


def _changes(version: int, *, are_slim: bool) -> Iterator[str]:
    """Yield the statements that bring a ledger up to date, in their order.

    `are_slim` says that outcomes have a table of their own, which some of version 3 lack.
    """
    yield from (change() for later, change in _CHANGES if version < later)
    if not are_slim:
        yield tables.answers()
        yield statement("slim")
    if version < VERSION:
        yield tables.steady()


def _change(
    connection: duckdb.DuckDBPyConnection, path: Path, changes: list[str], known: str | None
) -> None:
    """Change a ledger in one transaction; `known` is its name, None for a new one."""
    sql = ";\n".join([*changes, tables.latest(), views()])
    Ledger(connection, path).transact(sql, ledger=known)

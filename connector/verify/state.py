"""Stores in a file what a verification has found so far, so that it can resume."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from connector.compile import literal
from connector.compile.verifying import surplus, verdicts, verified
from connector.compile.verifying.compared import compared, read_back_of
from connector.contract.contract import Contract
from connector.exceptions import LedgerError
from connector.ledger.ledger import Scope
from connector.sql import Statements, run

statement = Statements(__file__)

VERSION = 2
_FOUND_ELSEWHERE = (
    "order_id in (select order_id from verified.absent) "
    "and order_id in (select order_id from verified.extra)"
)
_FOUND = "delete from verified.absent where order_id in (select order_id from verified.extra)"
_WRONG = (
    "(select order_id, currency from temp.judged where verdict in ('different', 'double', "
    "'unexpected'))"
)
_OTHERS = "(select distinct order_id, null as currency from temp.others where is_wrong)"
LASTS = timedelta(days=1)  # after which the findings are too old to resume from


class State:
    """The file, attached as `verified`."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract, days: tuple[date, date]
    ) -> None:
        self._connection, self._contract, self.days = connection, contract, days
        self.done: date | None = None  # the last day that an earlier attempt finished

    def answered(self, day: date, rows: dict[str | None, str], problem: str | None) -> None:
        """Store the rows of a day, by the requested currency."""
        for asked, text in rows.items():
            values = {"day": day, "asked": asked, "rows": text}
            run(self._connection, verified.rows(self._contract), values)
        note = {"day": day, "problem": problem}
        run(self._connection, statement("verify_answered"), note)

    def judge(self, day: date, values: dict[str, Any]) -> None:
        """Compare the orders of a day, and store the result."""
        row = run(self._connection, statement("verify_is_open"), {"day": day}).fetchone()
        values = {**values, "day": day, "is_open": bool(row and row[0])}
        self.keep("verified.there", "day = $day", values)

    def keep(self, relation: str, which: str, values: dict[str, Any]) -> None:
        """Compare some expected orders with the rows of a relation, and store the result."""
        run(self._connection, verdicts.judged(self._contract, relation, which), values)
        run(self._connection, statement("verify_judged"), {"amount": self._amount()})
        self._note_records(relation, _WRONG)

    def _note_records(self, relation: str, wrong: str) -> None:
        if read_back_of(self._contract).several:
            self._connection.execute(surplus.noted(self._contract, relation, wrong))

    def forget(self, day: date) -> None:
        """Delete the rows up to a day, except those of orders that were not expected."""
        run(self._connection, verdicts.unexpected(self._contract), {"day": day})

    def sum_up(self, day: date, values: dict[str, Any]) -> None:
        """Compare orders that were found on another day, and classify all other rows.

        `day` is the last one that has rows.
        """
        first, last = self.days
        with self.step():
            self.forget(day)
            self.keep("verified.extra", _FOUND_ELSEWHERE, values | {"is_open": False})
            others = verdicts.others(self._contract)
            run(self._connection, others, values | {"first": first, "last": last})
            self._note_records("verified.extra", _OTHERS)
            self._connection.execute(_FOUND)
            run(self._connection, statement("verify_final"), {})

    @contextmanager
    def step(self) -> Iterator[None]:
        """Commit everything that is done in the block, or nothing of it."""
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def begin(self, scope: Scope) -> bool:
        """Make the tables, or resume from those of the same verification that was stopped.

        Returns false when existing tables belong to another verification, or are too old.
        """
        first, last = self.days
        salt = hashlib.sha256(repr(self._contract.read_back).encode()).hexdigest()
        began = datetime.now(UTC)
        values: dict[str, Any] = {
            "version": VERSION,
            "scope": json.dumps(scope.values()),
            "salt": salt,
        }
        values |= {"first": first, "last": last, "began": began, "oldest": began - LASTS}
        if self._is_there():
            found = run(self._connection, statement("verify_resume"), values).fetchone()
            self.done = found[0] if found else None
            return found is not None
        with self.step():
            sql = statement("verify_state") + ";" + verified.tables(self._contract)
            run(self._connection, sql, {})
            run(self._connection, statement("verify_begin"), values)
        return True

    def _is_there(self) -> bool:
        tables = "select count(*) from duckdb_tables() where database_name = 'verified'"
        row = self._connection.execute(tables).fetchone()
        return bool(row and row[0])

    def _amount(self) -> str | None:
        known = {each.name for each in compared(self._contract)}
        return self._contract.amount if self._contract.amount in known else None


@contextmanager
def kept(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    scope: Scope,
    days: tuple[date, date],
    path: Path,
) -> Iterator[State]:
    """Yield the state of a verification; delete its file if the block ends without an error."""
    state = State(connection, contract, days)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _attach(connection, path)
        if not state.begin(scope):
            connection.execute("detach verified")
            path.unlink()
            _attach(connection, path)
            state.begin(scope)
    except (OSError, duckdb.Error) as error:
        raise LedgerError(
            f"{path} cannot be written ({type(error).__name__}); delete it when another "
            "verification is not under way, or check the free space of its directory"
        ) from error
    try:
        yield state
    finally:
        connection.execute("detach verified")
    path.unlink(missing_ok=True)


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"attach {literal(str(path))} as verified")
    path.chmod(0o600)


def path_of(ledger: Path, scope: Scope) -> Path:
    """Return the path of the file for the running verification of a destination."""
    digest = hashlib.sha256(json.dumps(scope.values()).encode()).hexdigest()[:12]
    return ledger.with_suffix(f".verify-{digest}.duckdb")

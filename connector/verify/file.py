"""Compares a file that a user exported from a destination with the views."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from connector.compile import literal
from connector.compile.verifying import verified
from connector.compile.verifying.compared import read_back_of
from connector.contract.contract import Contract
from connector.contract.read_back import ReadBack
from connector.exceptions import ChoiceError, ContractError
from connector.runs.job import Job
from connector.settings.windows import ALWAYS, Window
from connector.sql import run
from connector.text.names import nearest
from connector.verify.expected import expect, period
from connector.verify.outcome import Outcome, summed_up
from connector.verify.state import State
from connector.verify.verify import days_of

READERS = {
    ".csv": "read_csv({}, all_varchar = true)",
    ".parquet": "read_parquet({})",
    ".json": "read_json({})",
    ".jsonl": "read_json({})",
}


def verify_file(job: Job, window: Window | None, path: Path) -> Outcome:
    """Compare the rows of a file with the orders of a window, or of all time.

    Its columns have the names that the contract gives to members of rows. Orders sent on the day of
    its newest order or later cannot be judged yet. Raises ChoiceError for a file that lacks a
    column, ContractError when the contract does not name the columns.
    """
    if job.contract.read_back is None:
        raise ContractError(f"{job.contract.path}: x-read-back is missing; add it")
    began = datetime.now(UTC)
    left_out = expect(job, window)
    connection, contract = job.connection, job.contract
    connection.execute("attach ':memory:' as verified")
    days = days_of(window or ALWAYS, period(connection))
    state = State(connection, contract, days)
    state.begin(job.scope)
    rows = _rows(job, path)
    with state.step():
        _load(connection, path, rows)
        age = {"early": 0, "late": 0, "now": _newest(connection, contract), "is_open": False}
        state.keep("verified.there", "true", age)
    state.sum_up(began.date(), age)
    seconds = (datetime.now(UTC) - began).total_seconds()
    known = {
        "not_compared": left_out,
        "by_hand": read_back_of(contract).by_hand,
        "requests": 0,
        "seconds": round(seconds, 3),
    }
    return summed_up(connection, job.scope, days, known)


def _rows(job: Job, path: Path) -> str:
    """Return the statement that adds the rows of a file to `verified.there`."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ChoiceError(f"{path} is not one of {', '.join(READERS)}; export it as one of them")
    source = reader.format(literal(str(path)))
    found = job.contract.read_back or ReadBack()
    described = _load(job.connection, path, f"describe from {source}").fetchall()
    columns = {str(name).lower(): str(name) for name, *_ in described}
    present = {each: columns[each.lower()] for each in _members(found) if each.lower() in columns}
    for needed in (found.fields[job.contract.key], found.fields[job.contract.order_by]):
        if needed not in present:
            hint = nearest(needed, columns.values())
            raise ChoiceError(f"{path} has no column {needed!r}{hint}; export it with that")
    return verified.of_file(job.contract, source, present)


def _members(found: ReadBack) -> list[str]:
    return [*found.fields.values(), *found.flags]


def _newest(connection: duckdb.DuckDBPyConnection, contract: Contract) -> datetime:
    """Return the start of the day of the newest order in the file."""
    row = run(connection, verified.newest(contract), {}).fetchone()
    return row[0] if row and row[0] else datetime.now(UTC)


def _load(connection: duckdb.DuckDBPyConnection, path: Path, sql: str) -> duckdb.DuckDBPyConnection:
    try:
        return run(connection, sql, {})
    except duckdb.Error as error:
        told = f"{path} cannot be read ({type(error).__name__})"
        raise ChoiceError(f"{told}; export it again, with a line of names") from error

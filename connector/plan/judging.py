"""Judges staged orders by the contract; what is optional and broken is left out or shortened.

An order that was mended is judged once more, since a field that is gone may be missed elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from connector.compile import Columns
from connector.compile.judging import judge as compile_judge
from connector.compile.judging import mend
from connector.compile.judging.check import Check, Search, Staged
from connector.compile.rendering import parsed
from connector.contract.contract import Contract
from connector.settings.settings import Policy
from connector.sql import Statements, run

statement = Statements(__file__)

JUDGED = 500_000  # orders that are judged at a time, so that memory does not grow with the plan
PARSED = 20_000  # of them, where the lists that were last sent are parsed
ALL = {"first": 0, "last": 1 << 60, "start": 0, "stop": 1 << 60}  # ranks, and positions
ROUNDS = 5  # of mending one order: a field, the object around it, what needs that object, …
Given = tuple[Policy, Columns, Staged]  # what checks are compiled from, beside the contract
_MENDED = "select rank from work.mended"
_FACTS = ("rule", "field", "severity", "message", "cost", "owner", "whole_view")


def judge(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    given: Given,
    orders: int,
    others: Sequence[Check] = (),
) -> None:
    """Fill `work.checks`, `work.violations` and `work.invalid`, and mend `staged.*`.

    `orders` are those of `work.ranked`; `others` are checks that come after those of the contract
    and find nothing here.
    """
    policy, columns, staged = given
    checks, searches = compile_judge.compiled(contract, policy, columns, staged=staged)
    _note(connection, [*checks, *others])
    judging = _Judging(connection, contract, checks, searches, given)
    size = PARSED if any(each.removed for each in contract.entities()) else JUDGED
    for first in range(1, orders + 1, size):
        judging.slice(first, first + size - 1)
    note_invalid(connection)


def judge_payloads(
    connection: duckdb.DuckDBPyConnection, contract: Contract, policy: Policy, payloads: str
) -> None:
    """Add to `work.violations` what would be refused of payloads, and to `work.unfit` whose.

    `payloads` is a select of (rank, order_id, payload), in brackets. The checks stand in
    `work.checks`.
    """
    reset(connection)
    for table in parsed.tables(contract, payloads):
        connection.execute(table)
    _, searches = compile_judge.of_rows(contract, policy)
    search(connection, "unfit", elsewhere(searches), ALL)
    run(connection, statement("unfit"), {})


def search(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    searches: Iterable[Search],
    values: Mapping[str, int],
) -> None:
    """Add to a table of `work` the violations that are found."""
    for each in searches:
        if not each.suspects:
            run(connection, f"insert into work.{table} {each.select}", values)
            continue
        noted = run(connection, f"insert into work.suspects {each.suspects}", values)
        if noted.fetchall()[0][0]:
            run(connection, f"insert into work.{table} {each.select}", values)
            statement.run(connection, "cleared")


def elsewhere(searches: Iterable[Search]) -> list[Search]:
    """Return searches over `staged.*`, rewritten to read `retracted.*`."""
    return [Search(*map(parsed.elsewhere, each)) for each in searches]


def reset(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty the schema `retracted`, `work.unfit` and `work.amended`: payloads are judged anew."""
    statement.run(connection, "retracted")


def mendable(connection: duckdb.DuckDBPyConnection) -> list[tuple[int]]:
    """Return the numbers of the checks in `work.found` that cost no order."""
    return statement.rows(connection, "mendable")


def note_invalid(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `work.invalid` from `work.violations`."""
    statement.run(connection, "invalid")


def _note(connection: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> None:
    facts = {name: [getattr(check, name) for check in checks] for name in _FACTS}
    facts["message"] = [check.told for check in checks]
    run(connection, statement("checks"), {"numbers": list(range(len(checks))), **facts})


class _Judging:
    """One judging of all that is staged, a slice of ranks at a time."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        checks: Sequence[Check],
        searches: Sequence[Search],
        given: Given,
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._checks = checks
        self._searches = searches
        self._given = given

    def slice(self, first: int, last: int) -> None:
        """Judge the orders of some ranks, and mend what costs no order."""
        self._find(self._searches, first, last)
        for _ in range(ROUNDS):
            numbers = mendable(self._connection)
            if not numbers:
                break
            for (number,) in numbers:
                for sql in mend.statements(self._contract, number, self._checks[number]):
                    self._run(sql, first, last)
            self._run(statement("mended"), first, last)
            policy, columns, staged = self._given
            _, again = compile_judge.compiled(self._contract, policy, columns, _MENDED, staged)
            self._find(again, first, last)
        self._run(statement("found"), first, last)

    def _find(self, searches: Sequence[Search], first: int, last: int) -> None:
        search(self._connection, "found", searches, {"first": first, "last": last})

    def _run(self, sql: str, first: int, last: int) -> None:
        run(self._connection, sql, {"first": first, "last": last})

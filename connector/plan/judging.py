"""Judges staged orders by the contract; what is optional and broken is left out or shortened.

An order that was mended is judged once more, since a field that is gone may be missed elsewhere.
"""

from collections.abc import Sequence

import duckdb

from connector.compile import Columns
from connector.compile.judging import judge as compile_judge
from connector.compile.judging import mend
from connector.compile.judging.check import Check
from connector.compile.rendering import parsed
from connector.contract.contract import Contract
from connector.settings.settings import Policy
from connector.sql import Statements, count, run

statement = Statements(__file__)

JUDGED = 500_000  # orders that are judged at a time, so that memory does not grow with the plan
PARSED = 20_000  # of them, where the lists that were last sent are parsed
ALL = {"first": 0, "last": 1 << 60, "start": 0, "stop": 1 << 60}  # ranks, and positions
ROUNDS = 5  # of mending one order: a field, the object around it, what needs that object, …
_MENDED = "select rank from work.mended"
_FACTS = ("rule", "field", "severity", "message", "cost", "owner", "whole_view")


def judge(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    policy: Policy,
    columns: Columns,
    others: Sequence[Check] = (),
) -> None:
    """Fill `work.checks`, `work.violations` and `work.invalid`, and mend `staged.*`.

    `others` are checks that come after those of the contract and find nothing here.
    """
    checks, selects = compile_judge.compiled(contract, policy, columns)
    _note(connection, [*checks, *others])
    judging = _Judging(connection, contract, checks, selects, (policy, columns))
    size = PARSED if any(each.removed for each in contract.entities()) else JUDGED
    for first in range(1, count(connection, "work.ranked") + 1, size):
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
    for select in compile_judge.of_rows(contract, policy)[1]:
        run(connection, f"insert into work.unfit {parsed.elsewhere(select)}", ALL)
    run(connection, statement("unfit"), {})


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
        selects: Sequence[str],
        given: tuple[Policy, Columns],
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._checks = checks
        self._selects = selects
        self._given = given

    def slice(self, first: int, last: int) -> None:
        """Judge the orders of some ranks, and mend what costs no order."""
        self._find(self._selects, first, last)
        for _ in range(ROUNDS):
            numbers = mendable(self._connection)
            if not numbers:
                break
            for (number,) in numbers:
                for sql in mend.statements(self._contract, number, self._checks[number]):
                    self._run(sql, first, last)
            self._run(statement("mended"), first, last)
            _, again = compile_judge.compiled(self._contract, *self._given, _MENDED)
            self._find(again, first, last)
        self._run(statement("found"), first, last)

    def _find(self, selects: Sequence[str], first: int, last: int) -> None:
        for select in selects:
            self._run(f"insert into work.found {select}", first, last)

    def _run(self, sql: str, first: int, last: int) -> None:
        run(self._connection, sql, {"first": first, "last": last})

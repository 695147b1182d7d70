"""One verification: requests each day, compares its orders, and sums up the days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from connector.contract.contract import Contract
from connector.sql import Statements, run
from connector.verify.asking import Asker, Found
from connector.verify.state import State

statement = Statements(__file__)

DAY = timedelta(days=1)
FAILING = 3  # unreadable first days after which it gives up
Report = Callable[[int, int], None]  # days requested so far, and in total


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds after which an order must be visible, and seconds during which it may not be."""

    early: int
    late: int

    def values(self) -> dict[str, Any]:
        """Return the values that SQL compares with."""
        return {"early": self.early, "late": self.late, "now": datetime.now(UTC)}


class Verification:
    """Compares `plan.expected` with the destination day by day, and fills `verified.*`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        state: State,
        ages: Ages,
    ) -> None:
        self._connection, self._contract = connection, contract
        self._state, self._ages = state, ages

    def ask(self, asker: Asker, report: Report) -> None:
        """Request each day of the period and the days around it, and compare.

        An order may also be found on the day before or after its own, since days begin at different
        times in different time zones. Raises what the asker raises.
        """
        first, last = self._state.days
        asked = list(_days(first - DAY, last + DAY))
        done, failed = self._state.done, 0
        for number, day in enumerate(asked):
            report(number, len(asked))
            if done is not None and day <= done:
                continue
            answers = self._answers(asker, day)
            problem = next((each.problem for each in answers.values() if each.problem), None)
            with self._state.step():
                rows = {currency: each.rows for currency, each in answers.items()}
                self._state.answered(day, rows, problem)
                self._look_back(day)
            is_read = any(each.is_read for each in answers.values())
            failed = 0 if is_read else failed + 1
            if failed == FAILING and number + 1 == failed:
                raise asker.untold(day, problem or "")
        report(len(asked), len(asked))

    def _look_back(self, day: date) -> None:
        """Judge the day before, whose rows are complete now."""
        first, last = self._state.days
        if first <= day - DAY <= last:
            self._state.judge(day - DAY, self._ages.values())
        self._state.forget(day - 2 * DAY)

    def _answers(self, asker: Asker, day: date) -> dict[str | None, Found]:
        wanted: list[str | None] = []
        wanted += self._currencies(day) if asker.asks_by_currency else []
        return {currency: asker.ask(day, currency) for currency in wanted or [None]}

    def _currencies(self, day: date) -> list[str]:
        """Return the currencies of the orders that may be found on a day."""
        found = run(self._connection, statement("verify_currencies"), {"day": day})
        return [name for (name,) in found.fetchall()]

    def sum_up(self) -> None:
        """Compare orders that were found on another day, and sum up all other rows."""
        _, last = self._state.days
        self._state.sum_up(last + DAY, self._ages.values())


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY

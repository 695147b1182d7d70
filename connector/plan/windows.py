"""Divides a large first load into windows: what was never sent is read and sent part by part.

The fingerprints of all orders are of one moment, and so is everything that guards judge. Each
window is then read in a moment of its own; an order that differs from its fingerprint by then waits
for the next run. So memory and disk space do not grow with the load.
"""

import duckdb

from connector.plan import diff, spill_tables
from connector.plan.choice import Choice
from connector.settings.windows import ALWAYS
from connector.source import snapshot
from connector.source.integrity import check_all_positions
from connector.source.source import Source
from connector.sql import Statements, count

statement = Statements(__file__)

# Of a window: what needs whole views, guards and removals, was done for all windows before.
CHOICE = Choice(window=ALWAYS)


class Windows:
    """The orders that go in windows, the oldest first: `later.orders` (place, order_id, …)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._orders = self._taken = self._size = 0

    @property
    def left(self) -> int:
        """Return how many orders no window had so far."""
        return self._orders - self._taken

    def clear(self) -> None:
        """Forget the orders of the last plan."""
        if self._orders:
            self._orders = self._taken = 0
            spill_tables.clear(self._connection, "later")

    def divide(self, whole: Source, new: int) -> int:
        """Note the orders of `work.snapshot` that were never sent, if they are many; return them.

        At most `new` of them. Whatever the ledger knows stays in the plan itself. Raises UnfitError
        for a fault in the lists of any order, since the plan does not read all of them.
        """
        division = whole.division
        if division is None or new < division.large:
            return 0
        self._size = division.size
        check_all_positions(whole)
        spill_tables.attach(self._connection, "later")
        statement.run(self._connection, "divide")
        self._orders = count(self._connection, "later.orders")
        if not self._orders:
            spill_tables.clear(self._connection, "later")
        return self._orders

    def next(self) -> None:
        """Make `work.snapshot` and `plan.changes` of the next window.

        The ledger knows nothing of its orders.
        """
        first, self._taken = self._taken + 1, min(self._orders, self._taken + self._size)
        places = {"first": first, "last": self._taken}
        statement.run(self._connection, "window", **places)
        snapshot.view(self._connection)
        spill_tables.provide(self._connection)
        statement.run(self._connection, "changes", **places)
        diff.rank(self._connection)

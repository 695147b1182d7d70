"""Makes the payloads that take back orders which are in the view but no longer count.

It is sent as a part of the plan.
"""

import logging

import duckdb

from connector.compile import Columns, created
from connector.compile.rendering import removal, render
from connector.contract.contract import Contract
from connector.contract.requests import Action
from connector.plan.judging import ALL, judge_payloads, note_invalid
from connector.plan.taking_back.mending import mend_payloads
from connector.settings.settings import Destination
from connector.sql import Statements, count, run

statement = Statements(__file__)

PLANNED = (
    "union all select rank, null::decimal(38, 4), payload, null, payload from work.retracted "
    "where rank in (select rank from plan.planned where position between $start and $stop)"
)

log = logging.getLogger(__name__)


def action(contract: Contract, destination: Destination) -> Action | None:
    """Return how an order is taken back, or None when it is left unchanged."""
    if destination.on_cancelled == "report":
        return None
    name = contract.lifecycle.take_back or destination.on_removed
    found = contract.removal.actions.get(name)
    return found if found and not found.parameter else None


def warn_of_flag(contract: Contract, destination: Destination, columns: Columns) -> None:
    """Tell that a view marks orders in a way that is going out of use."""
    flag, column = contract.removal.flag, contract.lifecycle.column
    present = columns[contract.orders.name]
    if flag in present and column and column not in present:
        told = f"{flag} is read for this release only; give the orders' view {column} instead"
        log.warning("%s: %s", destination.name, told)


class Withdrawals:
    """Finds the orders to be taken back, and makes what is sent for it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        destination: Destination,
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._destination = destination
        self._action = action(contract, destination)
        self.orders = 0

    @property
    def takes_back(self) -> bool:
        """Return whether orders that do not count are taken back."""
        return self._action is not None

    def plan(self, columns: Columns, max_order_bytes: int) -> None:
        """Make `work.retracted` and judge it, in place of the rows of the view."""
        statement.run(self._connection, "withdrawn")
        self.orders = count(self._connection, "work.withdrawn")
        if not self.orders or self._action is None:
            return
        ranks = "select rank from work.withdrawn anti join work.based using (rank)"
        remembers = self._destination.kept(self._contract).whole
        key = "$." + self._contract.key.replace("__", ".")
        statement.run(self._connection, "based", remembers=remembers, key=key)
        policy = self._destination.policy
        if count(self._connection, "work.based"):
            mend_payloads(self._connection, self._contract, policy, "based")
        rendered = render.lenient(self._contract, columns, policy, ranks)
        run(self._connection, f"insert into work.based {rendered}", ALL)
        payloads = removal.payloads(self._action, "work.based")
        self._connection.execute(created("work", "taken", payloads))
        statement.run(self._connection, "withdraw", max_order_bytes=max_order_bytes)
        judge_payloads(self._connection, self._contract, policy, "(from work.retracted)")
        note_invalid(self._connection)

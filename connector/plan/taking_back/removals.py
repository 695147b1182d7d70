"""Plans the removal of orders at the destination, which takes place before the plan itself.

Records that stand beside the one that is sent go one an order and round.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb

from connector.compile import created
from connector.compile.judging.identity import replacing
from connector.compile.rendering import removal
from connector.compile.verifying import surplus
from connector.contract.contract import Contract
from connector.contract.requests import Action
from connector.payloads.late import Late
from connector.payloads.recipe import Recipe, recipe
from connector.plan.choice import Choice
from connector.plan.judging import judge_payloads, reset
from connector.plan.step import Step
from connector.plan.taking_back import leaving
from connector.plan.taking_back.mending import mend_payloads
from connector.settings.settings import Destination
from connector.sql import Statements, count

statement = Statements(__file__)

REPLACING = "void"  # the action that makes room for another identity of the same order


def action(contract: Contract, destination: Destination) -> Action | None:
    """Return how orders are removed at the destination, or None when they are not."""
    name = destination.on_removed
    if name == "report" and destination.on_identity_change == "replace":
        name = REPLACING
    return contract.removal.actions.get(name)


class Removals:
    """Finds the orders to be removed at the destination, and makes the batches for it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        destination: Destination,
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._destination = destination
        self._scope = destination.scope
        self.action = action(contract, destination)
        self.late = Late()  # the last of the removals, which must wait

    def replacing(self) -> dict[str, Any]:
        """Return the values that SQL finds changed identities by: replaces, rules."""
        replaces = self._destination.on_identity_change == "replace"
        return {"replaces": replaces, "rules": replacing(self._contract)}

    def plan(self, choice: Choice) -> None:
        """Make `plan.removing`: what is gone, if all was read, and what the plan replaces.

        A retry tries again what was refused to be given up.
        """
        destination, replacing = self._destination, self.replacing()
        removes = destination.on_removed != "report" and (choice.everything or choice.retry)
        if not (removes or replacing["replaces"] or choice.records):
            statement.run(self._connection, "removing_nothing")
            return
        statement.run(self._connection, "replaced", **replacing)
        if choice.records:
            self.action = surplus.action(self._contract)
            self._choose_records()
        self._plan(removes=removes, everything=choice.everything)

    def steps(self, orders: int) -> Iterator[Step]:
        """Yield what takes orders back, the first of it for `orders`: one record a round.

        `finish_step` is called after each.
        """
        while orders:
            yield Step(self._recipe(), orders, self.late, takes_back=True, by=self.action)
            orders = self._next()

    def finish_step(self, run_id: int) -> None:
        """Leave out of the plan the orders whose old record still counts after a run."""
        statement.run(self._connection, "finished", **self._scope.values(), run_id=run_id)

    def _next(self) -> int:
        """Plan the next records of orders that have more of them; returns how many orders."""
        if not count(self._connection, "work.surplus"):
            return 0
        statement.run(self._connection, "surplus_next")
        self.late = Late()  # what had to wait has done so
        if not self._choose_records():
            return 0
        self._plan(removes=False, everything=False)
        return count(self._connection, "plan.removing")

    def _choose_records(self) -> int:
        self._connection.execute(surplus.first(self._contract))
        statement.run(self._connection, "surplus_replaced")
        return count(self._connection, "work.surplus")

    def _plan(self, *, removes: bool, everything: bool) -> None:
        key = f'$."{self._contract.key}"'
        leaving.find(self._connection, self._scope, removes=removes, everything=everything, key=key)
        if self.action and not self.action.parameter and count(self._connection, "work.leaving"):
            policy = self._destination.policy
            mend_payloads(self._connection, self._contract, policy, "leaving")
        taken_back = removal.payloads(self.action or Action(), "work.leaving")
        self._connection.execute(created("work", "taken_back", taken_back))
        self._judge()
        statement.run(self._connection, "removing")
        if count(self._connection, "work.replaced"):
            statement.run(self._connection, "unreplaced")

    def _judge(self) -> None:
        """Find what would be refused; what is taken back by its id alone has nothing to judge."""
        rows = "(select row_number() over () as rank, order_id, payload from work.taken_back)"
        if self.action and not self.action.parameter:
            policy = self._destination.policy
            judge_payloads(self._connection, self._contract, policy, rows)
        else:
            reset(self._connection)

    def _recipe(self) -> Recipe:
        """Return how what takes orders back is sent: one call per order if it is by its id alone.

        What was sent once is not too large, whatever is changed of it.
        """
        payloads = (
            "select *, payload as content from work.removing_payloads "
            "where rank between $first and $last"
        )
        found = recipe(self._contract, self._destination, payloads, payloads)
        if self.action and self.action.parameter:
            found = replace(found, max_orders=1, before="", after="")
        return replace(found, max_order_bytes=sys.maxsize, table="plan.removing")

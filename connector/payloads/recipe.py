"""How planned orders become requests: their payloads, what a request may hold, what is around."""

from dataclasses import dataclass
from typing import Any

import duckdb

from connector.compile import stage
from connector.compile.removal import retaken
from connector.compile.silent import content
from connector.contract.contract import Contract
from connector.contract.terms import Action
from connector.http.budget import batch_bytes
from connector.settings.settings import Destination
from connector.sql import run

LONG = 25  # rows of a list, on average, from which on a sort is quicker than a heap


@dataclass(frozen=True, slots=True)
class Recipe:
    """What chunks are made by; limits in bytes are those of the orders with commas between them.

    `payloads` is a select of (rank, amount, payload) of the ranks in `plan.planned` from `$first`
    to `$last`, `successive` one of all ranks between them; `before` and `after` stand around the
    orders of a body.
    """

    payloads: str
    successive: str
    max_orders: int
    max_bytes: int  # of a batch
    max_order_bytes: int  # of an order, which goes alone when it is larger than a batch
    before: str
    after: str
    retaken: str  # SQL of what would take back an order that is taken back in the view, or null
    as_sent: str  # SQL of the content of a payload `sent`

    def values(self) -> dict[str, Any]:
        """Return the values that the recipe binds in SQL."""
        return {
            "max_orders": self.max_orders,
            "max_bytes": self.max_bytes,
            "max_order_bytes": self.max_order_bytes,
            "before": self.before,
            "after": self.after,
            "around": _size(self.before, self.after),
        }


def recipe(contract: Contract, destination: Destination, payloads: str, successive: str) -> Recipe:
    """Return how payloads are packed by the limits of a contract and of a destination's budget."""
    before, after = destination.envelope(contract)
    limit = contract.max_bytes - _size(before, after)
    max_bytes = batch_bytes(limit, destination.budget(contract))
    taken = retaken(_taking_back(contract, destination))
    sizes = (contract.max_orders, max_bytes, limit)
    as_sent = content(contract, destination.policy, "sent")
    return Recipe(payloads, successive, *sizes, before, after, taken, as_sent)


def crowded(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[str]:
    """Return the entities whose staged lists are long on average."""
    found = run(connection, stage.crowded(contract), {"most": LONG}).fetchall()
    return [name for (name,) in found]


def _taking_back(contract: Contract, destination: Destination) -> Action | None:
    """Return what may have taken an order back by changing members: for being gone, or a draft."""
    names = (destination.on_removed, contract.lifecycle.take_back or "")
    found = (contract.removal.actions.get(name) for name in names)
    return next((action for action in found if action and action.set), None)


def _size(*texts: str) -> int:
    return sum(len(text.encode()) for text in texts)

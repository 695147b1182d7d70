"""How planned orders become requests: payloads, limits of a request, text around the orders."""

from dataclasses import dataclass
from typing import Any

import duckdb

from connector.compile.reading import stage
from connector.compile.rendering.removal import retaken
from connector.compile.rendering.silent import content
from connector.contract.contract import Contract
from connector.contract.requests import Action
from connector.engine.engine import limits
from connector.http.budget import batch_bytes
from connector.settings.settings import Destination
from connector.sql import run

LONG = 16  # average rows of a list from which on a sort takes hardly longer than a heap
ROOMY = 400_000_000  # bytes of the memory limit below which there is no room for heaps


@dataclass(frozen=True, slots=True)
class Recipe:
    """Defines how chunks are made; limits in bytes count the orders and the commas between them.

    `payloads` selects (rank, amount, payload) of the ranks in `table` from `$first` to `$last`,
    `successive` those of all ranks between the two. `before` and `after` enclose the orders in a
    body. `table` has the columns of `plan.planned`.
    """

    payloads: str
    successive: str
    max_orders: int
    max_bytes: int  # of a batch
    max_order_bytes: int  # of an order; one larger than a batch is sent alone
    before: str
    after: str
    retaken: str  # SQL that takes back a payload that looks taken back, or null
    as_sent: str  # SQL of the content of the payload `sent`
    table: str = "plan.planned"
    rows: float = 1.0  # of an order with its lists, on average

    def values(self) -> dict[str, Any]:
        """Return the values that the recipe's SQL binds."""
        return {
            "planned": self.table,
            "max_orders": self.max_orders,
            "max_bytes": self.max_bytes,
            "max_order_bytes": self.max_order_bytes,
            "before": self.before,
            "after": self.after,
            "around": _size(self.before, self.after),
        }


@dataclass(frozen=True, slots=True)
class Lists:
    """The entities with long lists, and the rows of an order with its lists, on average.

    `empty` are the entities without any row.
    """

    crowded: tuple[str, ...] = ()
    rows: float = 1.0
    empty: tuple[str, ...] = ()


def recipe(contract: Contract, destination: Destination, payloads: str, successive: str) -> Recipe:
    """Return how to pack payloads within the limits of a contract and a destination's budget."""
    before, after = destination.envelope(contract)
    limit = contract.max_bytes - _size(before, after)
    max_bytes = batch_bytes(limit, destination.budget(contract))
    taken = retaken(_taking_back(contract, destination))
    sizes = (contract.max_orders, max_bytes, max_order_bytes(contract, destination))
    as_sent = content(contract, destination.policy, "sent")
    return Recipe(payloads, successive, *sizes, before, after, taken, as_sent)


def max_order_bytes(contract: Contract, destination: Destination) -> int:
    """Return how large an order may be, in bytes."""
    limit = contract.max_bytes - _size(*destination.envelope(contract))
    return min(limit, contract.max_order_bytes or limit)


def lists(connection: duckdb.DuckDBPyConnection, contract: Contract, orders: int) -> Lists:
    """Return how long the lists of the staged orders are."""
    sql = stage.lists(contract)
    found = run(connection, sql, {}).fetchall() if sql else []
    most = LONG if limits(connection)[0] >= ROOMY else 0
    long = tuple(name for name, rows, parents in found if rows >= most * parents)
    empty = tuple(name for name, rows, _ in found if not rows)
    return Lists(long, 1 + sum(rows for _, rows, _ in found) / orders, empty)


def _taking_back(contract: Contract, destination: Destination) -> Action | None:
    """Return the action that may have taken an order back by changing its members, if any."""
    names = (destination.on_removed, contract.lifecycle.take_back or "")
    found = (contract.removal.actions.get(name) for name in names)
    return next((action for action in found if action and action.set), None)


def _size(*texts: str) -> int:
    return sum(len(text.encode()) for text in texts)

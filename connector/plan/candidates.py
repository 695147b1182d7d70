"""Takes the orders that may have to be sent out of the views, and what is known of them."""

from dataclasses import dataclass

import duckdb

from connector.compile.judging.check import Staged
from connector.contract.contract import Contract
from connector.payloads.recipe import Lists, lists
from connector.plan.last_sent import remember
from connector.settings.settings import Destination
from connector.source import snapshot
from connector.source.source import Source


@dataclass(frozen=True, slots=True)
class Candidates:
    """How many orders were to be staged, how long their lists are, and which of these are empty."""

    orders: int = 0
    lists: Lists = Lists()  # noqa: RUF009 - frozen
    staged: Staged = Staged()  # noqa: RUF009 - frozen


def copied(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    destination: Destination,
    source: Source,
) -> Candidates:
    """Make `staged.<entity>`, and fill `work.memory` with what was last sent of these orders."""
    snapshot.copy(source, destination.policy)
    orders, found = lists(connection, contract)
    is_kept = bool(orders) and bool(destination.kept(contract))
    is_known = is_kept and remember(connection, destination.scope)
    empty = found.empty if orders else tuple(each.name for each in contract.entities())
    return Candidates(orders, found, Staged(empty, is_known))

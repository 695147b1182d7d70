"""Takes from the ledger what was last sent of the orders in question."""

import duckdb

from connector.ledger.ledger import Scope
from connector.sql import Statements, count, run

statement = Statements(__file__)

SLICE = 50_000  # orders whose payloads are taken at a time: to sort more of them fills memory


def remember(connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Make `work.last_sent` (rank, order_id, place), and fill `work.memory` in order of rank."""
    run(connection, statement("last_sent"), scope.values())
    for first in range(1, count(connection, "work.ranked") + 1, SLICE):
        values = {**scope.values(), "first": first, "last": first + SLICE - 1}
        run(connection, statement("memory"), values)

"""Takes from the ledger what was last sent of the orders in question."""

import duckdb

from connector.ledger.ledger import Scope
from connector.sql import Statements, run

statement = Statements(__file__)

SLICE = 50_000  # orders whose payloads are taken at a time: to sort more of them fills memory


def remember(connection: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Make `work.last_sent` (rank, order_id, place, …), and fill `work.memory` in order of rank.

    Returns whether anything is known of what was last sent.
    """
    run(connection, statement("last_sent"), scope.values())
    last: int = statement.rows(connection, "last_rank")[0][0]
    for first in range(1, last + 1, SLICE):
        statement.run(connection, "memory", first=first, last=first + SLICE - 1)
    return last > 0

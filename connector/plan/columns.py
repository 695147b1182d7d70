"""Tells which columns changed most, from a sample of what was delivered."""

import duckdb

from connector.compile import created, remade
from connector.compile.reading.column_prints import in_every_type, prints
from connector.contract.contract import Contract
from connector.ledger.ledger import Scope
from connector.sql import Statements, count, run

statement = Statements(__file__)

LEAST = 0.005  # a share that is shown as a number
_NO_PRINTS = """
    select
        null::varchar as order_id, null::varchar as column_name,
        null::usmallint as print, null::usmallint[] as prints
    where false
"""


def sample(connection: duckdb.DuckDBPyConnection, contract: Contract, scope: Scope) -> None:
    """Make `work.prints`: prints of the columns of up to 1,000 orders, for the ledger to keep."""
    ((sampled,),) = statement.rows(connection, "sampled", **scope.values())
    # To bind the hashes takes its time, and most runs have nothing to send.
    sql = prints(contract) if sampled else _NO_PRINTS
    connection.execute(created("work", "prints", sql))


def vanished(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many delivered orders are gone from the view since a run last took note."""
    return int(statement.rows(connection, "vanished")[0][0])


def compare(connection: duckdb.DuckDBPyConnection, contract: Contract, scope: Scope) -> None:
    """Make `work.compared` (order_id) and `work.differing` (order_id, column_name).

    Few runs need them: to bind the hashes in every type takes a tenth of a small run.
    """
    sql = in_every_type(contract) if count(connection, "work.sampled") else _NO_PRINTS
    connection.execute(remade("work", "typed_prints", sql))
    run(connection, statement("differing"), scope.values())


def most_changed(
    connection: duckdb.DuckDBPyConnection, contract: Contract, scope: Scope
) -> list[str]:
    """Return up to 5 texts such as `tax (98% of 312 sampled orders)`, most changed first."""
    compare(connection, contract, scope)
    rows = connection.execute(statement("most_changed")).fetchall()
    return [
        f"{name} ({_share(share)} of {orders:,} sampled orders)" for name, share, orders in rows
    ]


def _share(share: float) -> str:
    return "under 1%" if share < LEAST else f"{share:.0%}"

"""Finds the orders whose rows changed between their fingerprint and their copy.

Views may read files or tables that are replaced during a run. If such orders were sent with the
fingerprint of their former rows, the ledger would be wrong. So they wait for the next run.
"""

import duckdb

from connector.compile import Columns
from connector.compile.reading import fingerprint
from connector.contract.contract import Contract
from connector.settings.settings import Policy
from connector.sql import count, run

COMPARED = 500_000  # orders compared at a time, so that memory does not grow with the plan


def leave_out_changed(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    columns: Columns,
    policy: Policy,
    salt: str,
) -> None:
    """Fill `work.changed_while_read` from the candidates, and drop the staged rows of its orders.

    `salt` is that of the fingerprints in `plan.changes`.
    """
    as_read = fingerprint.is_as_read(contract, columns, policy)
    if run(connection, as_read, {"salt": salt}).fetchall()[0][0]:
        return
    differing = fingerprint.changed_while_read(contract, columns, policy)
    insert = f"insert into work.changed_while_read {differing}"
    for first in range(1, count(connection, "work.ranked") + 1, COMPARED):
        last = first + COMPARED - 1
        run(connection, insert, {"salt": salt, "first": first, "last": last})
    for entity in contract.entities():
        connection.execute(fingerprint.drop_changed(entity))

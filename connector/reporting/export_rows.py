"""What an export takes from the ledger."""

import duckdb

from connector.compile import collected
from connector.reporting.verifications import are_kept
from connector.sql import Statements, run

statement = Statements(__file__)

TABLES = ("runs", "batches", "orders")
VERIFICATIONS = "verifications"


def read(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the contents of the attached ledger to `work.export_*`."""
    for table in TABLES:
        run(connection, collected("work", f"export_{table}", statement(table)), {})
    _read_verifications(connection)


def _read_verifications(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what was verified, which a ledger may have no table for."""
    table = "ledger.verifications"
    if not are_kept(connection):
        statement.run(connection, "no_verifications")
        table = "temp.no_verifications"
    rows = collected("work", f"export_{VERIFICATIONS}", statement(VERIFICATIONS))
    run(connection, rows, {VERIFICATIONS: table})

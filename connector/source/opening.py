"""Opens the source of a warehouse; this is the place to distinguish kinds of warehouses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb

from connector.contract.contract import Contract, with_columns
from connector.source.duckdb_file import DuckDBFile
from connector.source.project import Warehouse
from connector.source.source import Source
from connector.source.warehouse import attached, views


@contextmanager
def opened(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    warehouse: Warehouse,
    renames: Mapping[str, str],
) -> Iterator[Source]:
    """Yield the views of a destination, and release the warehouse afterwards so that dbt can write.

    Rows are copied into tables of the connection. Raises WarehouseError when the warehouse cannot
    be read, ModelError when a view is missing or does not fit the contract.
    """
    with attached(connection, warehouse):
        yield attached_source(connection, contract, warehouse, renames)


def attached_source(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    warehouse: Warehouse,
    renames: Mapping[str, str],
) -> Source:
    """Return the views of an attached warehouse; raises ModelError as `opened` does."""
    found = views(connection, contract, warehouse, renames)
    full = with_columns(contract, found.columns)
    return DuckDBFile(connection, full, found, warehouse.database)

"""Opens the warehouse for reading; this is the place to distinguish kinds of warehouses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb

from connector.contract.contract import Contract, with_columns
from connector.source.file.attached import attached
from connector.source.project import Warehouse
from connector.source.reader import Reader
from connector.source.server import Server
from connector.source.source import Source
from connector.source.spark.cluster import Cluster
from connector.source.warehouse import views


@contextmanager
def reading(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> Iterator[Reader]:
    """Yield the open warehouse, and release it afterwards so that dbt can write.

    Raises WarehouseError when it cannot be read, WarehouseBusyError when something holds it.
    """
    if isinstance(warehouse.place, Server):
        # Most projects read a file, and start sooner without it.
        from connector.source.postgres import database  # noqa: PLC0415

        with database.opened(connection, warehouse, warehouse.place) as reader:
            yield reader
    elif isinstance(warehouse.place, Cluster):
        from connector.source.spark import catalogue  # noqa: PLC0415 - as above

        with catalogue.opened(connection, warehouse, warehouse.place) as views_of_spark:
            yield views_of_spark
    else:
        with attached(connection, warehouse, warehouse.place) as file:
            yield file


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
    with reading(connection, warehouse) as reader:
        yield source_of(reader, contract, renames)


def source_of(reader: Reader, contract: Contract, renames: Mapping[str, str]) -> Source:
    """Return the views of an open warehouse; raises ModelError as `opened` does."""
    found = views(reader, contract, renames)
    return reader.source(with_columns(contract, found.columns), found)

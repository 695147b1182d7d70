"""Reads a destination's views: the fingerprint of every order, then the rows of chosen ones."""

import hashlib

import duckdb

from connector.compile import created, quote, render, stage
from connector.contract import Contract
from connector.integrity import check_keys, check_parents
from connector.warehouse import Views


def take(connection: duckdb.DuckDBPyConnection, contract: Contract, found: Views) -> None:
    """Make `work.snapshot` (order_id, row_hash) of every order.

    Raises ModelError when an order is there twice, or a child row without its order.
    """
    tables = {}
    for name, sql in stage.fingerprints(contract, found.relations, found.columns).items():
        table = f"fingerprint_{name}"
        connection.execute(created("work", table, sql))
        tables[name] = f"work.{quote(table)}"
    sql = stage.snapshot(contract, found.relations, found.columns, tables)
    connection.execute(created("work", "snapshot", sql), {"salt": _salt(contract, found)})
    check_keys(connection, contract, found)
    check_parents(connection, contract, found, tables)


def copy(
    connection: duckdb.DuckDBPyConnection, contract: Contract, found: Views, order_ids: str
) -> None:
    """Make `staged.<entity>` of the rows that belong to `order_ids`, a select of order ids."""
    for entity in contract.entities():
        rows = stage.staged(entity, found.relations.get(entity.name), found.columns)
        chosen = stage.of_orders(contract, rows, order_ids)
        connection.execute(created("staged", entity.name, chosen))


def _salt(contract: Contract, found: Views) -> str:
    """Return a text that changes whenever equal rows would get another hash or another payload."""
    text = duckdb.__version__ + render.payloads(contract, found.columns)
    return hashlib.sha256(text.encode()).hexdigest()

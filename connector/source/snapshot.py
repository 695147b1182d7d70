"""Reads a destination's views: the fingerprint of every order, then the rows of chosen ones."""

import hashlib

import duckdb

from connector.compile import created
from connector.compile.judging import judge
from connector.compile.reading import lifecycle, stage
from connector.compile.rendering import render
from connector.contract.contract import Contract
from connector.settings.settings import Policy
from connector.source.integrity import check_rows
from connector.source.source import Source
from connector.sql import Statements

statement = Statements(__file__)


def take(connection: duckdb.DuckDBPyConnection, source: Source, policy: Policy) -> str:
    """Make `work.seen` and `work.snapshot` (order_id, row_hash, oldest, standing) of every order.

    Returns the salt of the row hashes. Raises ModelError when a view cannot be read, has an order
    twice, or has a child row without its order.
    """
    salted = salt(source, policy)
    source.fingerprints(policy, salted)
    view(connection)
    check_rows(connection, source)
    return salted


def view(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `work.snapshot` of `work.seen`."""
    connection.execute(statement("snapshot"))


def copy(source: Source, policy: Policy) -> None:
    """Make `staged.<entity>` of the rows that belong to the orders of `work.ranked`."""
    contract = source.contract
    instead = {contract.orders.name: lifecycle.instead(contract, policy, source.columns)}
    for entity in contract.entities():
        source.rows(entity, instead.get(entity.name, {}))


def copy_nothing(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make `staged.<entity>` without rows, and without computing the views."""
    for entity in contract.entities():
        rows = stage.of_no_orders(entity)
        connection.execute(created("staged", entity.name, rows))


def salt(source: Source, policy: Policy) -> str:
    """Return a text that changes whenever equal rows would get another hash or another payload."""
    contract = source.contract
    remedies = [(check.condition, check.remedy) for check in judge.effective(contract, policy)]
    text = source.engine() + render.payloads(contract, source.columns, policy, "")
    text += repr([each for each in remedies if each[1]])
    return hashlib.sha256(text.encode()).hexdigest()

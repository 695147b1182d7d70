"""Reads a destination's views: the fingerprint of every order, then the rows of chosen ones."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from connector.compile import created, fingerprint, judge, lifecycle, render, stage
from connector.contract.contract import Contract
from connector.exceptions import ModelError
from connector.settings.settings import Policy
from connector.source.integrity import check_keys, check_parents
from connector.source.warehouse import Views
from connector.sql import statement
from connector.text.visible import visible


def take(
    connection: duckdb.DuckDBPyConnection, contract: Contract, found: Views, policy: Policy
) -> str:
    """Make `work.seen` and `work.snapshot` (order_id, row_hash, oldest, standing) of every order.

    Returns the salt of the row hashes. Raises ModelError when a view cannot be read, an order is
    there twice, or a child row without its order.
    """
    sql = fingerprint.seen(contract, found.relations, found.columns, policy)
    salted = salt(contract, found, policy)
    try:
        connection.execute(created("work", "seen", sql), {"salt": salted})
    except duckdb.Error:
        _read_each(connection, contract, found, policy)
        raise
    connection.execute(statement("snapshot"))
    check_keys(connection, contract, found)
    check_parents(connection, contract, found)
    return salted


def _read_each(
    connection: duckdb.DuckDBPyConnection, contract: Contract, found: Views, policy: Policy
) -> None:
    """Raise ModelError for the first view that cannot be read by itself."""
    for name, sql in fingerprint.each_alone(
        contract, found.relations, found.columns, policy
    ).items():
        with reading(found.models[name]):
            connection.execute(sql)


def copy(
    connection: duckdb.DuckDBPyConnection, contract: Contract, found: Views, policy: Policy
) -> None:
    """Make `staged.<entity>` of the rows that belong to the orders of `work.ranked`."""
    instead = {contract.orders.name: lifecycle.instead(contract, policy, found.columns)}
    for entity in contract.entities():
        own, relation = instead.get(entity.name, {}), found.relations.get(entity.name)
        rows = stage.staged(entity, relation, found.columns, own)
        chosen = stage.of_orders(contract, rows)
        with reading(found.models.get(entity.name, "")):
            connection.execute(created("staged", entity.name, chosen))


@contextmanager
def reading(model: str) -> Iterator[None]:
    """Name the model whose view cannot be read, and why, unless that may quote a value of it."""
    try:
        yield
    except duckdb.Error as error:
        raise ModelError(
            f"{model} cannot be read ({_why(error)}); run `dbt build --select +{model}`, "
            f"or look at it with `dbt show --select {model}`"
        ) from None


def _why(error: duckdb.Error) -> str:
    """Return what DuckDB says of the text of a view, which names columns and tables only."""
    if isinstance(error, (duckdb.BinderException, duckdb.CatalogException)):
        return visible(str(error).partition("\n")[0])
    return type(error).__name__


def salt(contract: Contract, found: Views, policy: Policy) -> str:
    """Return a text that changes whenever equal rows would get another hash or another payload."""
    remedies = [(check.condition, check.remedy) for check in judge.effective(contract, policy)]
    text = duckdb.__version__ + render.payloads(contract, found.columns, policy, "")
    text += repr([each for each in remedies if each[1]])
    return hashlib.sha256(text.encode()).hexdigest()

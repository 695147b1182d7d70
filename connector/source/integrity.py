"""Checks that the rows of the views fit together: no duplicate orders or positions, no orphans."""

from collections.abc import Mapping

import duckdb

from connector.compile import stage
from connector.contract.contract import Contract
from connector.exceptions import ModelError
from connector.source.source import Source
from connector.source.warehouse import model_of
from connector.sql import Statements

statement = Statements(__file__)


def check_keys(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Raise ModelError when `work.seen` has an order twice, or one without an id."""
    rows = connection.execute(statement("repeated")).fetchall()
    if not rows:
        return
    column = f"{source.models[source.contract.orders.name]}.{source.contract.key}"
    for order_id, count in rows:
        if order_id is None:
            raise ModelError(f"{column} is null in {count} rows; give every order its id")
    ids = ", ".join(order_id for order_id, _ in rows[:3])
    raise ModelError(
        f"{column} is not unique, for example {ids}; keep one row per order in the model"
    )


def check_parents(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Raise ModelError when a child view has rows of orders that the view of orders lacks."""
    if not connection.execute(statement("is_torn")).fetchall()[0][0]:
        return
    orders = source.contract.orders
    parent = source.models[orders.name]
    for entity in source.contract.entities():
        if entity is orders or entity.name not in source.models:
            continue
        count, examples = source.orphans(entity)
        if count:
            raise ModelError(
                f"{source.models[entity.name]} has rows of {count:,} orders that {parent} lacks, "
                f"for example {', '.join(map(str, examples))}; join the model with the orders"
            )


def check_positions(
    connection: duckdb.DuckDBPyConnection, contract: Contract, renames: Mapping[str, str]
) -> None:
    """Raise ModelError when a list of a staged order has a repeated or null position.

    A join that fans out produces such rows, and money would count twice.
    """
    for entity in contract.entities():
        rows = connection.execute(stage.fanned_out(entity)).fetchall() if entity.label else []
        if rows:
            keys = ", ".join((*entity.keys, "_position"))
            ids = ", ".join(dict.fromkeys(str(order_id) for (order_id,) in rows))
            raise ModelError(
                f"{model_of(contract, entity, renames)}._position is repeated within a list, or "
                f"null, for example of order {ids}; keep one row for each {keys}, a join may "
                "have fanned out"
            )

"""Checks that the rows of the views fit together: no duplicate orders or positions, no orphans.

All that is wrong is told at once, with up to three ids as examples of each.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import duckdb

from connector.compile.reading import stage
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.fit.fault import Fault, UnfitError
from connector.fit.judge import numbered
from connector.fit.types import written
from connector.source.source import Source
from connector.source.warehouse import model_of
from connector.sql import Statements

statement = Statements(__file__)


def check_rows(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Raise UnfitError when `work.seen` has an order twice or without an id, or orphans of one.

    The error then names repeated positions as well, those of all orders.
    """
    faults = [*_keys(connection, source), *_orphans(connection, source)]
    if faults:
        raise UnfitError(source.contract.destination, [*faults, *_all_positions(source)])


def check_positions(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    renames: Mapping[str, str],
    empty: Collection[str] = (),
) -> None:
    """Raise UnfitError when a list of a staged order has a repeated or null position.

    Entities in `empty` have no staged rows. A join that fans out produces such rows, and money
    would count twice.
    """
    faults = []
    for entity in contract.entities():
        if not entity.label or entity.name in empty:
            continue
        rows = connection.execute(stage.fanned_out(entity)).fetchall()
        if rows:
            ids = list(dict.fromkeys(order_id for (order_id,) in rows))
            faults.append(_fanned_out(model_of(contract, entity, renames), entity, ids))
    if faults:
        raise UnfitError(contract.destination, faults)


def check_all_positions(source: Source) -> None:
    """Raise UnfitError when a list of any order has a repeated or null position."""
    if faults := list(_all_positions(source)):
        raise UnfitError(source.contract.destination, faults)


def _keys(connection: duckdb.DuckDBPyConnection, source: Source) -> Iterator[Fault]:
    """Yield the faults of the ids of orders."""
    ((count, ids, nulls),) = connection.execute(statement("repeated")).fetchall()
    model, key = source.models[source.contract.orders.name], source.contract.key
    if nulls:
        found = f"null in {nulls:,} row{'s' if nulls > 1 else ''}"
        message = f"{model}.{key} is {found}; give every order its id"
        yield Fault(model, key, found, "an id in every row", "", message)
    if count:
        message = (
            f"{model}.{key} is not unique, for example {_listed(ids)}; keep one row per order in "
            "the model"
        )
        found = f"repeated for {_orders(count, ids)}"
        instead = f"qualify row_number() over (partition by {written(key)} order by …) = 1"
        yield Fault(model, key, found, "one row per order", instead, message)


def _orphans(connection: duckdb.DuckDBPyConnection, source: Source) -> Iterator[Fault]:
    """Yield a fault for each child view with rows of orders that the view of orders lacks."""
    if not connection.execute(statement("is_torn")).fetchall()[0][0]:
        return
    parent = source.models[source.contract.orders.name]
    for entity in _children(source):
        count, ids = source.orphans(entity)
        if count:
            model, key = source.models[entity.name], entity.keys[0]
            message = (
                f"{model} has rows of {count:,} orders that {parent} lacks, for example "
                f"{_listed(ids)}; join the model with the orders"
            )
            found = f"in rows of {_orders(count, ids)}, that {parent} lacks"
            instead = f"semi join {{{{ ref('{parent}') }}}} using ({written(key)})"
            yield Fault(model, key, found, "an order of the view", instead, message)


def _all_positions(source: Source) -> Iterator[Fault]:
    for entity in _children(source):
        ids = source.fanned_out(entity)
        if ids:
            yield _fanned_out(source.models[entity.name], entity, ids)


def _children(source: Source) -> list[Entity]:
    orders = source.contract.orders
    entities = source.contract.entities()
    return [each for each in entities if each is not orders and each.name in source.models]


def _fanned_out(model: str, entity: Entity, ids: Sequence[str]) -> Fault:
    keys = ", ".join((*entity.keys, "_position"))
    message = (
        f"{model}._position is repeated within a list, or null, for example of order "
        f"{_listed(ids)}; keep one row for each {keys}, a join may have fanned out"
    )
    found = f"repeated or null, as in {_listed(ids)}"
    return Fault(model, "_position", found, f"one row for each {keys}", numbered(entity), message)


def _orders(count: int, ids: Sequence[object]) -> str:
    return f"{count:,} order{'s' if count > 1 else ''}, such as {_listed(ids)}"


def _listed(ids: Sequence[object]) -> str:
    return ", ".join(map(str, ids))

"""SQL that summarises the views: orders and money per day, states, completeness of columns."""

from collections.abc import Iterable, Mapping

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity

_DELIVERED = (
    "select distinct order_id from ledger.current where destination = $destination "
    "and environment = $environment and outcome = 'delivered'"
)


def days(contract: Contract, relation: str, columns: Iterable[str]) -> str:
    """Return a select of (day, currency, orders, amount, delivered, delivered_amount).

    Days are UTC, the relation is quoted. Amount and currency are null if the contract names none.
    """
    known = set(columns)
    read_back = contract.read_back
    currency = read_back.currency if read_back and read_back.currency in known else None
    amount = quote(contract.amount) if contract.amount in known else "null::decimal(18, 4)"
    return (
        f"select strftime(orders.{quote(contract.order_by)}, '%Y-%m-%d') as day, "
        f"{f'orders.{quote(currency)}' if currency else 'null::varchar'} as currency, "
        f"count(*) as orders, sum({amount}) as amount, "
        "count(delivered.order_id) as delivered, "
        f"sum({amount}) filter (delivered.order_id is not null) as delivered_amount "
        f"from {relation} as orders left join ({_DELIVERED}) as delivered "
        f"on delivered.order_id = orders.{quote(contract.key)} "
        "group by all order by day, currency"
    )


def states(contract: Contract, relation: str) -> str:
    """Return a select of (state, orders), the most frequent first."""
    state = f"coalesce({quote(contract.lifecycle.column)}, 'placed')"
    return f"select {state} as state, count(*) as orders from {relation} group by all order by all"


def lists(entity: Entity, relation: str) -> str:
    """Return a select of (orders, rows) of a list's view."""
    key = quote(entity.keys[0])
    return f"select count(distinct {key}) as orders, count(*) as rows from {relation}"


def filled(relation: str, columns: Mapping[str, str]) -> str:
    """Return a select of (orders, filled): the number of orders with a value, by column.

    `columns` are names and types; `filled` is a map. Empty lists and texts do not count as values.
    """
    counted = ", ".join(
        f"{literal(name)}: count(*) filter ({_is_filled(name, kind)})"
        for name, kind in columns.items()
    )
    return f"select count(*) as orders, map {{{counted}}} as filled from {relation}"


def _is_filled(name: str, kind: str) -> str:
    if kind.endswith("[]"):
        return f"len({quote(name)}) > 0"
    return f"{quote(name)} <> ''" if kind == "VARCHAR" else f"{quote(name)} is not null"

"""SQL that summarises the views: orders and money per day, states, completeness of columns."""

from collections.abc import Container, Iterable, Mapping

from connector.compile import literal, quote
from connector.compile.reading import stage
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
    currency, amount = _money(contract, set(columns))
    return (
        f"select strftime(orders.{quote(contract.order_by)}, '%Y-%m-%d') as day, "
        f"{currency} as currency, "
        f"count(*) as orders, sum({amount}) as amount, "
        "count(delivered.order_id) as delivered, "
        f"sum({amount}) filter (delivered.order_id is not null) as delivered_amount "
        f"from {relation} as orders left join ({_DELIVERED}) as delivered "
        f"on delivered.order_id = orders.{quote(contract.key)} "
        "group by all order by day, currency"
    )


def _money(contract: Contract, known: Container[str]) -> tuple[str, str]:
    """Return the currency and the amount of an order as SQL; null if the view has none."""
    read_back = contract.read_back
    currency = read_back.currency if read_back else None
    amount = contract.amount
    return (
        f"orders.{quote(currency)}" if currency and currency in known else "null::varchar",
        f"orders.{quote(amount)}" if amount and amount in known else "null::decimal(18, 4)",
    )


def states(contract: Contract, relation: str, columns: Iterable[str]) -> str:
    """Return a select of (state, currency, orders, amount); without states all are placed."""
    known = set(columns)
    currency, amount = _money(contract, known)
    column = contract.lifecycle.column
    state = f"coalesce({quote(column)}, 'placed')" if column in known else "'placed'"
    return (
        f"select {state} as state, {currency} as currency, count(*) as orders, "
        f"sum({amount}) as amount from {relation} as orders group by all order by all"
    )


def paid_back(
    contract: Contract, column: str, relations: tuple[str, str], columns: Iterable[str]
) -> str:
    """Return a select of (currency, orders, amount) of the refunds, whose amount is a column.

    `relations` are those of the orders and of the refunds, `columns` those of the orders.
    """
    (orders, refunds), key = relations, quote(contract.key)
    currency, _ = _money(contract, set(columns))
    return (
        f"select {currency} as currency, count(distinct refunds.{key}) as orders, "
        f"sum(refunds.{quote(column)}) as amount from {refunds} as refunds "
        f"inner join {orders} as orders on orders.{key} = refunds.{key} group by all order by all"
    )


def matching(contract: Contract, relation: str, columns: Mapping[str, Iterable[str]]) -> str:
    """Return a select of (name, orders): for how many orders each `x-matching` condition holds."""
    counts = ", ".join(
        f"{literal(name)}: count(*) filter ({condition})"
        for name, condition in contract.matching.items()
    )
    known = {name: tuple(each) for name, each in columns.items()}
    staged = stage.staged(contract.orders, relation, known, {})
    return f"select unnest(map_entries(map {{{counts}}})) from ({staged})"


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

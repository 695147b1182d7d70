"""SQL of Spark that counts and chooses orders by their times and states."""

from collections.abc import Sequence
from datetime import datetime

from connector.compile import Columns, quote
from connector.compile.reading.postgres import Place, standing_columns
from connector.compile.reading.spark.rows import literal, timestamp
from connector.contract.contract import Contract
from connector.settings.watermark import CHANGED_AT

_FIRST = "timestamp '1970-01-01 00:00:00+00:00'"


def recent(place: Place, since: datetime) -> Place:
    """Return the orders whose stamp is `since` or later, or null."""
    return place.where(_recent(since))


def older(place: Place, since: datetime) -> Place:
    """Return the other orders."""
    return place.where(f"not {_recent(since)}")


def stamps(contract: Contract, place: Place) -> str:
    """Return a select of the key and the stamp of orders."""
    return f"select {quote(contract.key)}, {quote(CHANGED_AT)} from {place.relation}"


def measured(
    contract: Contract, place: Place, columns: Columns, since: datetime, began: datetime
) -> str:
    """Return a select of how many orders there are for each standing, see `standing_columns`.

    Its columns are those, and orders, recent and latest: `recent` have a stamp of `since` or later,
    or none; `latest` is the greatest stamp that is not after `began`, in microseconds since 1970.
    """
    names = standing_columns(contract, columns)
    values = [f"{place.sends[name]} as {quote(name)}" for name in names]
    values += ["count(*) as orders", f"count(*) filter (where {_recent(since)}) as recent"]
    values.append(f"{_latest(CHANGED_AT, began)} as latest")
    by = ", ".join(str(each + 1) for each in range(len(names)))
    grouped = f" group by {by}" if by else ""
    return f"select {', '.join(values)} from {place.relation}{grouped}"


def newest(place: Place, moments: Sequence[str], began: datetime) -> str:
    """Return a select of the latest value of the first of some columns that has any.

    The result is in microseconds since 1970; values after `began` are ignored.
    """
    latest = ", ".join(_latest(each, began) for each in moments)
    return f"select coalesce({latest}) as newest from {place.relation}"


def periods(contract: Contract, place: Place, size: str) -> str:
    """Return a select of (start, orders): how many orders each period has, in UTC."""
    start = f"date_trunc({literal(size)}, {quote(contract.order_by)})"
    return (
        f"select cast({start} as timestamp_ntz) as start, count(*) as orders "
        f"from {place.relation} group by 1 order by 1"
    )


def early(contract: Contract, place: Place, columns: Columns, states: Sequence[str | None]) -> str:
    """Return a select of the key and the `standing_columns` of orders that are in some states."""
    column = contract.lifecycle.column
    names = dict.fromkeys([contract.key, *standing_columns(contract, columns)])
    known = ", ".join(literal(each) for each in states if each is not None) or "null"
    values = ", ".join(f"{place.sends[name]} as {quote(name)}" for name in names)
    is_null = f" or {quote(column)} is null" if None in states else ""
    wanted = f"{quote(column)} in ({known}){is_null}"
    return f"select {values} from {place.relation} where {wanted}"


def _latest(column: str, began: datetime) -> str:
    name = quote(column)
    until = f"{name} between {_FIRST} and {timestamp(began)}"
    return f"unix_micros(max({name}) filter (where {until}))"


def _recent(since: datetime) -> str:
    return f"coalesce({quote(CHANGED_AT)} >= {timestamp(since)}, true)"

"""SQL of PostgreSQL that counts and chooses orders by their times and states."""

from collections.abc import Sequence
from datetime import datetime

from connector.compile import Columns, literal, quote
from connector.compile.reading.postgres import Place, standing_columns, timestamp
from connector.contract.contract import Contract
from connector.settings.watermark import CHANGED_AT


def recent(place: Place, since: datetime) -> Place:
    """Return the orders whose stamp is `since` or later, or null."""
    return place.where(_recent(since))


def older(place: Place, since: datetime) -> Place:
    """Return the other orders."""
    return place.where(f"not {_recent(since)}")


def measured(
    contract: Contract, place: Place, columns: Columns, since: datetime, began: datetime
) -> str:
    """Return a select of how many orders there are for each standing, see `standing_columns`.

    Its columns are those, and orders, recent and latest: `recent` have a stamp of `since` or later,
    or none; `latest` is the greatest stamp that is not after `began`, in microseconds since 1970.
    """
    stamp, names = quote(CHANGED_AT), standing_columns(contract, columns)
    until = f"{stamp} between to_timestamp(0) and {timestamp(began)}"
    latest = f"extract(epoch from max({stamp}) filter (where {until})) * 1000000"
    by = ", ".join(str(each + 1) for each in range(len(names)))
    values = [f"{place.sends[name]} as {quote(name)}" for name in names]
    values += ["count(*) as orders", f"count(*) filter (where {_recent(since)}) as recent"]
    values.append(f"({latest})::bigint as latest")
    grouped = f" group by {by}" if by else ""
    return f"select {', '.join(values)} from {place.relation}{grouped}"


def newest(place: Place, moments: Sequence[str], began: datetime) -> str:
    """Return a select of the latest value of the first of some columns that has any.

    The result is in microseconds since 1970; values after `began` are ignored.
    """
    until = f"between to_timestamp(0) and {timestamp(began)}"
    latest = [f"max({quote(each)}) filter (where {quote(each)} {until})" for each in moments]
    value = f"extract(epoch from coalesce({', '.join(latest)})) * 1000000"
    return f"select ({value})::bigint as newest from {place.relation}"


def periods(contract: Contract, place: Place, size: str) -> str:
    """Return a select of (start, orders): how many orders each period has, in UTC."""
    moment = f"{quote(contract.order_by)} at time zone 'UTC'"
    return (
        f"select date_trunc({literal(size)}, {moment}) as start, count(*) as orders "
        f"from {place.relation} group by 1 order by 1"
    )


def early(contract: Contract, place: Place, columns: Columns, states: Sequence[str | None]) -> str:
    """Return a select of the key and the `standing_columns` of orders that are in some states."""
    column = contract.lifecycle.column
    names = dict.fromkeys([contract.key, *standing_columns(contract, columns)])
    known = ", ".join(literal(each) for each in states if each is not None) or "null"
    state = f"{quote(column)}::text"
    values = ", ".join(f"{place.sends[name]} as {quote(name)}" for name in names)
    is_null = f" or {state} is null" if None in states else ""
    return f"select {values} from {place.relation} where {state} in ({known}){is_null}"


def _recent(since: datetime) -> str:
    return f"coalesce({quote(CHANGED_AT)} >= {timestamp(since)}, true)"

"""Triple Whale's table of orders, asked by SQL: filled for each question, read by SQLite.

A row is a record that is not void. Days are those of the shop's time zone, and amounts come in the
currency that is asked for. It knows what SQLite and ClickHouse have in common.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from connector.sandbox.storage.store import Store

ZONE = "America/New_York"  # of the shop
CURRENCY = "USD"  # of the account
RATE = 1.25  # between any two currencies
_CREATE = """
create table orders_table (
    order_id, order_name, created_at, event_date, event_hour, shop_timezone,
    platform, source_name, order_revenue, refund_money, shipping_price, taxes
)
"""
_INSERT = "insert into orders_table values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_RECORDS = """
select record, text from records
where destination = ?1 and not is_void
    and julianday(json_extract(text, '$.created_at')) between julianday(?2) and julianday(?3)
"""
_REFUNDS = """
select parent, text from items where destination = ?1 and list = 'refunds' and not is_void
    and parent in (select value from json_each(?2))
"""
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}


def answered(
    store: Store, destination: str, query: str, days: tuple[date, date], currency: str | None
) -> list[dict[str, Any]]:
    """Return the rows of a query; raises ValueError for one that cannot be answered."""
    if "event_date" not in query:
        raise ValueError("a filter on event_date is required")
    table = sqlite3.connect(":memory:")
    try:
        table.execute(_CREATE)
        rows = _rows(store, destination, days, currency or CURRENCY)
        table.executemany(_INSERT, rows)
        table.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else 1)
        first, last = (day.isoformat() for day in days)
        found = table.execute(query, {"startDate": first, "endDate": last})
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise ValueError(f"Code: 62. DB::Exception: {error}") from error
    finally:
        table.close()


def _rows(
    store: Store, destination: str, days: tuple[date, date], currency: str
) -> Iterator[Sequence[Any]]:
    """Yield the rows of some days and of those around them, in the order of the columns."""
    start, end = days[0] - timedelta(days=1), days[1] + timedelta(days=2)
    records = store.ask(_RECORDS, destination, start.isoformat(), end.isoformat())
    keys = orjson.dumps([record for record, _ in records]).decode()
    refunds: dict[str, float] = {}
    for parent, text in store.ask(_REFUNDS, destination, keys):
        refunds[parent] = refunds.get(parent, 0.0) + float(orjson.loads(text)["total_refund"])
    for record, text in records:
        yield _row(orjson.loads(text), refunds.get(record, 0.0), currency)


def _row(order: Mapping[str, Any], refunded: float, currency: str) -> Sequence[Any]:
    created = datetime.fromisoformat(order["created_at"]).astimezone(UTC)
    local = created.astimezone(ZoneInfo(ZONE))
    rate = 1.0 if order["currency"] == currency else RATE

    def money(value: float | None) -> float:
        return round(float(value or 0) * rate, 6)

    return (
        *(order["order_id"], order.get("name", order["order_id"])),
        *(f"{created:%Y-%m-%d %H:%M:%S}", local.date().isoformat(), local.hour, ZONE),
        *("custom-msp", order.get("source_name"), money(order["order_revenue"]), money(refunded)),
        *(money(order.get("shipping_price")), money(order.get("taxes"))),
    )

"""A shop whose view says when each order last changed, so that it can be read by watermark."""

from typing import Any

from tests.shop import Shop

PRINTS = """
select orders.order_id, hash(orders) + coalesce(lines.print, 0) + coalesce(taken.print, 0) as print
from northbeam__orders as orders
left join (
    select order_id, sum(hash(products)) as print from northbeam__products as products group by all
) as lines using (order_id)
left join (
    select order_id, sum(hash(refunds)) as print from northbeam__refunds as refunds group by all
) as taken using (order_id)
"""
STAMP = f"""
create table if not exists stamps (order_id varchar, print hugeint, stamped_at timestamptz);
create table if not exists days (day integer);
insert into days select count(*) from days;
create or replace table stamps as
select prints.order_id, prints.print,
    case
        when prints.print = stamps.print then stamped_at
        else timestamptz '2020-01-01 00:00:00+00' + to_days((select max(day) from days))
    end as stamped_at
from ({PRINTS}) as prints left join stamps using (order_id);
create or replace view stamped__orders as
select columns(lambda name: name not in ('_changed_at', 'print', 'stamped_at')),
    stamped_at as _changed_at
from northbeam__orders left join stamps using (order_id);
"""


class StampedShop(Shop):
    """Each statement stamps what it has changed, a day after the one before."""

    def sql(self, sql: str, **values: Any) -> list[tuple]:
        rows = super().sql(sql, **values)
        super().sql(STAMP)
        return rows

    def unstamped(self, sql: str, **values: Any) -> list[tuple]:
        """Change something and leave the stamps as they are."""
        return super().sql(sql, **values)

    def configure(self, **options: Any) -> None:
        read = {"watermark": True, "models": {"orders": "stamped__orders"}}
        super().configure(**{**read, **options})

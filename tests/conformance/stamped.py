"""A small warehouse of any destination's views that says when each order last changed."""

from dataclasses import dataclass
from typing import Any

from connector.compile import quote
from tests.conformance.shop import DestinationShop

STAMP = """
create table if not exists days (day integer);
insert into days select count(*) from days;
create table if not exists stamps (id varchar, print hugeint);
create temp table prints as select id, sum(print) as print from ({prints}) group by id;
update {orders} set _changed_at = timestamptz '2020-01-01' + to_days((select max(day) from days))
where {key} not in (select id from prints join stamps using (id, print));
create or replace table stamps as from prints;
"""
PRINTS = "select {key} as id, hash(rows) as print from ({rows}) as rows"


@dataclass(frozen=True)
class StampedDestinationShop(DestinationShop):
    """It is read by watermark; each statement stamps its changes a day after the one before."""

    def sql(self, sql: str, **values: Any) -> list[tuple]:
        rows = super().sql(sql, **values)
        key, orders = quote(self.contract.key), self.view(self.contract.orders.name)
        tables = [self.view(each.name) for each in self.contract.entities()]
        selects = [
            f"from {table}" if table != orders else f"select * exclude (_changed_at) from {table}"
            for table in tables
        ]
        prints = " union all ".join(PRINTS.format(key=key, rows=select) for select in selects)
        super().sql(STAMP.format(key=key, orders=orders, prints=prints))
        return rows

    def configure(self, **options: Any) -> None:
        super().configure(**{"watermark": True, **options})

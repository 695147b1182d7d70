"""A shop whose views are in PostgreSQL."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.postgres_views import PostgresWarehouse
from tests.sandbox_process import Sandbox
from tests.shop import ORDERS, Shop


@dataclass(frozen=True)
class PostgresShop(Shop):
    """A shop that reads the views of a schema of its own."""

    place: PostgresWarehouse

    def sql(self, sql: str, **values: Any) -> list[tuple]:
        self.place.execute(sql, **values)
        return []

    def orders(self, first: int, last: int) -> None:
        self.sql(ORDERS, first=first, last=last)

    def configure(self, **options: Any) -> None:
        super().configure(**options)
        path = self.directory / "connector.yml"
        text = path.read_text()
        assert "warehouse: {path: oms.duckdb}" in text
        path.write_text(text.replace("warehouse: {path: oms.duckdb}", self.place.settings()))


def postgres_shop(directory: Path, sandbox: Sandbox, place: PostgresWarehouse) -> PostgresShop:
    """Return a shop without orders."""
    shop = PostgresShop(directory, sandbox, place)
    shop.configure(attempts=3)
    return shop

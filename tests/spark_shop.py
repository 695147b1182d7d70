"""A shop whose views are in Spark."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox_process import Sandbox
from tests.shop import ORDERS, Result, Shop
from tests.spark_views import SparkWarehouse


@dataclass(frozen=True)
class SparkShop(Shop):
    """A shop that reads the views of a schema of its own."""

    place: SparkWarehouse

    def sql(self, sql: str, **values: Any) -> list[tuple]:
        self.place.execute(sql, **values)
        return []

    def orders(self, first: int, last: int) -> None:
        self.sql(ORDERS, first=first, last=last)

    def run(self, *arguments: str) -> Result:
        self.place.publish()
        return super().run(*arguments)

    def start(self, *arguments: str) -> Any:
        self.place.publish()
        return super().start(*arguments)

    def configure(self, **options: Any) -> None:
        super().configure(**options)
        path = self.directory / "connector.yml"
        text = path.read_text()
        assert "warehouse: {path: oms.duckdb}" in text
        path.write_text(text.replace("warehouse: {path: oms.duckdb}", self.place.settings()))


def spark_shop(directory: Path, sandbox: Sandbox, place: SparkWarehouse) -> SparkShop:
    """Return a shop without orders."""
    shop = SparkShop(directory, sandbox, place)
    shop.configure(attempts=3)
    return shop

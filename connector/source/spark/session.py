"""A session of a Spark cluster in UTC; failures as our own errors."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import duckdb

from connector.compile.reading.received import MARK
from connector.compile.reading.spark import rows as spark
from connector.exceptions import ConnectorError, ModelError, WarehouseError
from connector.source.spark.cluster import Cluster
from connector.source.spark.driver import STREAM, Driver, of_spark
from connector.source.spark.failures import failed, not_connected

Result = TypeVar("Result")

OLDEST = (4, 0)  # the first version that keeps '' apart from a quote, as dbt's views need it
_NUMBERS = re.compile(r"#\d+L?|plan_id=\d+")  # of columns and plans, which differ at each look
_UNDERSTOOD = ("== Analyzed Logical Plan ==", "== Optimized Logical Plan ==")


class Session:
    """One session; what is read goes to a connection of DuckDB.

    Raises WarehouseError or ModelError for what fails.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, cluster: Cluster) -> None:
        self.connection = connection
        self.cluster = cluster
        self._driver = Driver(connection, cluster)
        try:
            self.version = self._driver.begin()
        except of_spark() as error:
            self._driver.close()
            raise not_connected(cluster, error) from None
        except BaseException:
            self._driver.close()
            raise

    def check(self) -> None:
        """Raise WarehouseError for a server that is too old."""
        found = tuple(int(part) for part in self.version.split(".")[:2] if part.isdecimal())
        if found < OLDEST:
            raise WarehouseError(
                f"{self.cluster} is Spark {self.version}; use version "
                f"{'.'.join(map(str, OLDEST))} or newer"
            )

    def columns(self, query: str) -> list[tuple[str, str]]:
        """Return the columns of a query with Spark's types; empty if a relation does not exist."""
        try:
            return self._driver.columns(query)
        except of_spark() as error:
            if "TABLE_OR_VIEW_NOT_FOUND" in str(error) or "SCHEMA_NOT_FOUND" in str(error):
                return []
            raise failed(self.cluster, error, "") from None

    def defined(self, place: str) -> list[str]:
        """Return the text of a view, and its plan before it is optimised, without numbers."""
        ((plan,),) = self.rows(spark.analysed(place))
        understood = plan.partition(_UNDERSTOOD[0])[2].partition(_UNDERSTOOD[1])[0]
        rows = self.rows(spark.described(place))
        text = [value for name, value, *_ in rows if name == "View Text"]
        return [*text, _NUMBERS.sub("", understood)]

    def rows(self, query: str, model: str = "") -> list[Any]:
        """Return the rows of a query; an error names the model."""
        return self.fetch(query, f"from {STREAM}", model)

    def fetch(self, query: str, into: str, model: str = "", **values: Any) -> list[Any]:
        """Run a query, and a statement of DuckDB that reads its rows from `STREAM`."""
        return self._told(lambda: self._driver.fetch(query, into, values), model)

    def run(self, sql: str) -> None:
        """Run a statement that returns no rows."""
        self._told(lambda: self._driver.run(sql), "")

    def send(self, name: str, query: str) -> None:
        """Make a temporary view there of the rows of a query of DuckDB: ids of orders."""
        rows = self.connection.sql(query).to_arrow_table()
        if rows.num_rows:
            self._told(lambda: self._driver.send(name, rows), "")
        else:
            self.run(spark.nothing(name))

    def close(self) -> None:
        """End the session."""
        self._driver.close()

    def _told(self, work: Callable[[], Result], model: str) -> Result:
        try:
            return work()
        except (ConnectorError, duckdb.OutOfMemoryException):
            raise
        except of_spark() as error:
            _, mark, message = str(error).partition("\n")[0].partition(MARK)
            if mark and isinstance(error, duckdb.Error):
                raise ModelError(message) from None
            raise failed(self.cluster, error, model) from None

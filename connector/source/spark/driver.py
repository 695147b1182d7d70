"""Talks to a Spark Connect server, which passes rows on as Arrow; no Java is needed here."""

import logging
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import duckdb

from connector.compile.reading.spark import rows as spark
from connector.exceptions import InstallationError
from connector.source.awaited import awaited
from connector.source.spark.cluster import Cluster

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql.connect.session import SparkSession

STREAM = "rows_of_spark"  # what SQL of DuckDB calls the rows of a query
_RETRIES = 3  # of a call that does not reach the server; its own ten minutes are too long
_VALUES_IN_LOGS = "SQLQueryContextLogger"  # writes messages of Spark, which may quote customers


class Driver:
    """A session of a cluster; what is read goes to a connection of DuckDB.

    Failures raise errors of PySpark or gRPC, or of DuckDB while rows arrive. An exception that a
    signal raises in the main thread cancels what runs.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, cluster: Cluster) -> None:
        self._connection = connection
        self._session = _session(cluster)

    def begin(self) -> str:
        """Make the settings of the session; returns the version of the server."""

        def prepare() -> str:
            for name, value in spark.settings():
                self._session.conf.set(name, value)
            return str(self._session.version)

        return awaited(prepare, self._cancel)

    def run(self, sql: str) -> None:
        """Run a statement that returns no rows."""
        awaited(lambda: self._session.sql(sql), self._cancel)

    def fetch(self, query: str, into: str, values: Mapping[str, Any]) -> list[Any]:
        """Run a query, and a statement of DuckDB with `values` that reads its rows from `STREAM`.

        Returns what that returns. Rows arrive one batch after the other.
        """

        def read() -> list[Any]:
            self._connection.register(STREAM, _reader(self._session, query))
            try:
                return self._connection.execute(into, values).fetchall()
            finally:
                self._connection.unregister(STREAM)

        return awaited(read, self._cancel)

    def columns(self, query: str) -> list[tuple[str, str]]:
        """Return the columns of a query, and their types as Spark writes them."""

        def read() -> list[tuple[str, str]]:
            fields = self._session.sql(query).schema.fields
            return [(each.name, each.dataType.simpleString()) for each in fields]

        return awaited(read, self._cancel)

    def send(self, name: str, ids: "pa.Table") -> None:
        """Make a temporary view of the session of rows that are sent there."""
        awaited(
            lambda: self._session.createDataFrame(ids).createOrReplaceTempView(name), self._cancel
        )

    def close(self) -> None:
        """End the session, and what it has on the server."""
        with suppress(Exception):  # it is lost in any case
            self._session.stop()

    def _cancel(self) -> None:
        """Cancel what runs there, and end the wait here though the server may take its time."""
        with suppress(Exception):  # nothing runs any more, or the server is gone
            self._session.interruptAll()
        self.close()


def of_spark() -> tuple[type[Exception], ...]:
    """Return the classes of errors of the driver, which may not be installed, and of DuckDB."""
    try:
        from grpc import RpcError  # noqa: PLC0415 - an extra
        from pyarrow import ArrowException  # noqa: PLC0415
        from pyspark.errors import PySparkException  # noqa: PLC0415
    except ImportError:
        return (duckdb.Error,)
    return (PySparkException, RpcError, ArrowException, duckdb.Error)


def _session(cluster: Cluster) -> "SparkSession":
    warnings.filterwarnings("ignore", module=r"pyspark\.")  # of what fails, errors tell
    try:
        with _of_a_file():
            from pyspark.sql.connect.client import DefaultChannelBuilder  # noqa: PLC0415 - an extra
            from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
            from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise InstallationError(
            "a warehouse in Spark needs a package that is not installed; run "
            "`pip install 'order-connector[spark]'`"
        ) from error
    logging.getLogger(_VALUES_IN_LOGS).disabled = True
    session = SparkSession(connection=DefaultChannelBuilder(_address(cluster)))
    session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES)])
    return session


@contextmanager
def _of_a_file() -> Iterator[None]:
    """Let the main module have a file: PySpark takes `python -c` for its own tests, and exits."""
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = "-c"
    try:
        yield
    finally:
        del main.__file__


def _reader(session: "SparkSession", query: str) -> "pa.RecordBatchReader":
    """Return the rows of a query as a reader of Arrow, which takes them as they arrive."""
    import pyarrow as pa  # noqa: PLC0415 - comes with the extra

    found = _tables(session, session.sql(query))
    first = next(found)  # a query without rows answers with an empty table, too

    def batches() -> Iterator[pa.RecordBatch]:
        yield from first.to_batches()
        for table in found:
            yield from table.to_batches()

    return pa.RecordBatchReader.from_batches(first.schema, batches())


def _tables(session: "SparkSession", frame: Any) -> Iterator["pa.Table"]:
    """Yield the tables of an answer; the public methods wait for all of them."""
    plan = frame._plan.to_proto(session.client)  # noqa: SLF001
    for each in session.client.to_table_as_iterator(plan, {}):
        if hasattr(each, "to_batches"):
            yield each


def _address(cluster: Cluster) -> str:
    """Return the connection string, the token among it."""
    values = {
        "user_id": cluster.user,
        "user_agent": "order-connector",
        "use_ssl": "true" if cluster.is_encrypted else "",
        "token": cluster.token(),
    }
    given = "".join(f";{name}={value}" for name, value in values.items() if value)
    return f"{cluster}/{given}"

"""Keeps what was delivered in a table beside the views, so that only what differs arrives here.

The table is a cache. What it leaves out of an answer is compared with the ledger, by number and by
the sum of all fingerprints; when that does not fit, every fingerprint arrives, and it is made anew.
"""

import hashlib
import logging

import duckdb

from connector.compile import Columns, created, quote, temporary
from connector.compile.reading.spark import rows as spark
from connector.compile.reading.spark import state as spark_state
from connector.contract.contract import Contract
from connector.exceptions import ModelError, WarehouseError
from connector.settings.settings import Policy
from connector.source.spark.session import Session
from connector.sql import Statements

statement = Statements(__file__)
log = logging.getLogger(__name__)

MOST = 10_000  # orders that arrive although they are unchanged; of more, the table is made anew
_SHARE = 2  # it helps when at least one order in so many is unchanged


class State:
    """The table of one destination and ledger; `seen` is the query of all fingerprints."""

    def __init__(
        self, session: Session, contract: Contract, columns: Columns, table: str, seen: str
    ) -> None:
        self._session = session
        self._contract = contract
        self._columns = columns
        self._table = table
        self._seen = seen

    def compare(self, rows: str, policy: Policy, salt: str) -> bool:
        """Make `work.seen` of what differs and of the ledger; returns false when it cannot.

        `rows` is a select of the columns of `spark_state.differing` as they arrive.
        """
        given = (self._contract, self._columns)
        try:
            if not self._session.columns(spark.columns_of(self._table)):
                return False
            query = spark_state.differing(self._seen, self._table, *given)
            self._session.fetch(query, temporary("differing", f"from {rows}"))
        except (ModelError, WarehouseError) as error:  # told when all is read
            log.info("the table %s cannot be read: %s", self._table, error)
            return False
        if not self._is(spark_state.is_as_known(*given, policy), salt):
            log.info("the table %s is out of date: all fingerprints are read", self._table)
            return False
        made = created("work", "seen", spark_state.arrived(*given, policy))
        self._session.connection.execute(made, {"salt": salt})
        return True

    def is_full_of_old(self) -> bool:
        """Return whether so many orders arrived unchanged that the table should be made anew."""
        ((found,),) = self._session.connection.execute(spark_state.needless()).fetchall()
        return bool(found > MOST)

    def write(self) -> None:
        """Make the table of the orders in `work.seen` that are as the ledger has them."""
        connection = self._session.connection
        ((alike, orders),) = connection.execute(spark_state.matched()).fetchall()
        if alike * _SHARE < orders or not alike:
            return
        try:
            self._session.send(spark.CHOSEN, spark_state.unmatched())
            self._session.run(spark_state.dropped(self._table))
            self._session.run(spark_state.written(self._seen, self._table))
        except (ModelError, WarehouseError) as error:
            log.info("the table %s cannot be written, so nothing is kept: %s", self._table, error)

    def _is(self, sql: str, salt: str) -> bool:
        return bool(self._session.connection.execute(sql, {"salt": salt}).fetchall()[0][0])


def name(connection: duckdb.DuckDBPyConnection, schema: str, contract: Contract) -> str | None:
    """Return the quoted name of the table; None when what was delivered is not to be compared."""
    try:
        rows = statement.rows(connection, "scope")
    except duckdb.CatalogException:  # a plan without a ledger, or one of an earlier version
        return None
    if not schema or not rows:
        return None
    digest = hashlib.sha256(repr(rows[0]).encode()).hexdigest()[:16]
    return f"{quote(schema)}.{quote(f'order_connector_{contract.destination}_{digest}')}"

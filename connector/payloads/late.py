"""Orders of which an earlier version may still be on its way to the destination.

A server may continue to process a request after the run that sent it was killed. That request could
overwrite a newer version of its orders. So these orders are sent last, and not before the server
must have finished.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

import duckdb

from connector.ledger.beside.last_request import SLACK
from connector.ledger.contents.run_log import now
from connector.ledger.ledger import Scope
from connector.settings.settings import Destination
from connector.sql import Statements

statement = Statements(__file__)


@dataclass(frozen=True, slots=True)
class Late:
    """The last orders of a plan, which must not be sent before `until`.

    `until` is a time of the monotonic clock, in seconds.
    """

    orders: int = 0
    until: float = 0.0

    def seconds(self) -> float:
        """Return how many seconds they still have to wait."""
        return max(0.0, self.until - time.monotonic()) if self.orders else 0.0


class OnWire:
    """Finds late orders for one plan, in `work.late` (order_id, payload_md5, moment)."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, destination: Destination, scope: Scope
    ) -> None:
        self._connection = connection
        self._window = destination.delivery.read_timeout + SLACK
        self._scope = scope
        self._now = now()
        self._is_any = False

    def find(self) -> None:
        """Fill `work.late` with the versions of any order that may be under way."""
        self._now = now()
        since = self._now - timedelta(seconds=self._window)
        statement.rows(self._connection, "late", **self._scope.values(), now=self._now, since=since)
        self._is_any = bool(statement.rows(self._connection, "is_late"))

    def postpone(self) -> None:
        """Move the orders of `plan.planned` that must wait, those of `work.postponed`, to its end.

        An order with the same bytes need not wait: either copy may arrive last.
        """
        if self._is_any:
            statement.rows(self._connection, "postpone")

    def among(self, table: str) -> Late:
        """Return how many orders a table (order_id, moment) has, and how long they must wait."""
        if not self._is_any:
            return Late()
        ((orders, latest),) = statement.rows(self._connection, "postponed", table=table)
        if not orders:
            return Late()
        seconds = self._window - (now() - latest).total_seconds()
        return Late(int(orders), time.monotonic() + seconds)

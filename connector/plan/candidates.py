"""Takes the orders that may have to be sent out of the views, and what is known of them."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import duckdb

from connector.compile import Columns
from connector.compile.judging.check import Staged
from connector.compile.rendering import render
from connector.contract.contract import Contract
from connector.engine.engine import limited, limits
from connector.ledger.ledger import Scope
from connector.payloads.recipe import Lists, lists
from connector.plan import spill_tables
from connector.plan.choice import Choice
from connector.plan.judging import Given
from connector.plan.scan import Scanner
from connector.plan.taking_back.withdrawals import warn_of_flag
from connector.settings.settings import Destination
from connector.source import snapshot
from connector.source.integrity import check_positions
from connector.source.opening import opened
from connector.source.project import Warehouse
from connector.source.source import Source
from connector.sql import Statements, count, run

statement = Statements(__file__)

SPARE = 16  # the part of the memory limit that is left when the rows of many orders are sorted
SLICE = 50_000  # orders whose payloads are taken at a time: to sort more of them fills memory


@dataclass(frozen=True, slots=True)
class Candidates:
    """How many orders were to be staged, how long their lists are, and which of these are empty."""

    orders: int = 0
    lists: Lists = Lists()  # noqa: RUF009 - frozen
    staged: Staged = Staged()  # noqa: RUF009 - frozen


def copied(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    destination: Destination,
    source: Source,
    *,
    are_new: bool = False,
) -> Candidates:
    """Make `staged.<entity>`, and fill `work.memory` with what was last sent of these orders.

    Of orders that `are_new` nothing ever was.
    """
    orders = count(connection, "work.ranked")
    if not orders:
        snapshot.copy_nothing(connection, contract)
        return Candidates(staged=Staged(tuple(each.name for each in contract.entities())))
    with _sorting(connection, orders):
        snapshot.copy(source, destination.policy)
    found = lists(connection, contract, orders)
    may_know = bool(destination.kept(contract)) and not are_new
    is_known = may_know and remember(connection, destination.scope)
    return Candidates(orders, found, Staged(found.empty, is_known))


def _sorting(connection: duckdb.DuckDBPyConnection, orders: int) -> AbstractContextManager[None]:
    """Leave some memory: to sort many rows takes more of it than DuckDB counts."""
    if orders <= spill_tables.FEW:
        return nullcontext()
    memory, threads = limits(connection)
    return limited(connection, memory - memory // SPARE, threads)


def remember(connection: duckdb.DuckDBPyConnection, scope: Scope) -> bool:
    """Make `work.last_sent` (rank, order_id, place, …), and fill `work.memory` in order of rank.

    Returns whether anything is known of what was last sent.
    """
    run(connection, statement("last_sent"), scope.values())
    last: int = statement.rows(connection, "last_rank")[0][0]
    for first in range(1, last + 1, SLICE):
        statement.run(connection, "memory", first=first, last=first + SLICE - 1)
    return last > 0


class Views:
    """The views of a destination: opened while they are read, and what was read of them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        destination: Destination,
        scanner: Scanner,
    ) -> None:
        self._connection = connection
        self._destination = destination
        self._scanner = scanner
        self.contract = contract  # with the columns of the views, once they were opened
        self.columns: Columns = {}
        self.announced: Sequence[str] = ()  # what is read differently from the views
        self._salt = ""  # of the row hashes
        self.orders = 0  # in the snapshot
        self.found = Candidates()

    @contextmanager
    def opened(self, warehouse: Warehouse) -> Iterator[Source]:
        """Yield the whole views."""
        given = (self._connection, self.contract, warehouse, dict(self._destination.models))
        with opened(*given) as whole:
            self.columns, self.contract = whole.columns, whole.contract
            yield whole

    @contextmanager
    def reading(
        self, warehouse: Warehouse, choice: Choice | None = None, order_id: str | None = None
    ) -> Iterator[tuple[Source, Source]]:
        """Yield the whole views, and those that are read, with their snapshot taken.

        With `order_id` only that order is read.
        """
        with self.opened(warehouse) as whole:
            self.announced = whole.announced()
            warn_of_flag(self.contract, self._destination, whole.columns)
            wanted = whole if order_id is None else whole.of_order(order_id)
            with self._scanner.reading(wanted, choice) as source:
                policy = self._destination.policy
                self._salt = snapshot.take(self._connection, source, policy)
                self.orders = spill_tables.provide(self._connection)
                yield whole, source

    def copy(self, source: Source) -> None:
        """Copy the rows of the candidates, and check that they fit together and are as they were.

        They are compared with the fingerprints of the snapshot.
        """
        self.stage(source)
        if self.found.orders:
            source.leave_out_changed(self._destination.policy, self._salt)
            given = (self._connection, self.contract, self._destination.models)
            check_positions(*given, self.found.staged.empty)

    def copy_window(self, whole: Source) -> None:
        """Copy the rows of a window: its orders were never sent.

        The positions of all lists were checked before; an order with others is left out.
        """
        given = (self._connection, self.contract, self._destination)
        self.found = copied(*given, whole, are_new=True)
        whole.leave_out_changed(self._destination.policy, self._salt)

    def payloads(self, ranks: str) -> str:
        """Return a select of the payloads of some ranks, see `render.payloads`."""
        policy, crowded = self._destination.policy, self.found.lists.crowded
        return render.payloads(self.contract, self.columns, policy, ranks, crowded)

    def given(self) -> Given:
        """Return what checks are compiled from, beside the contract."""
        return (self._destination.policy, self.columns, self.found.staged)

    def stage(self, source: Source) -> None:
        """Copy the rows of the candidates."""
        self.found = copied(self._connection, self.contract, self._destination, source)

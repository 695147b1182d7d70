"""What is asked of any warehouse that holds the views of a destination."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.compile import Columns
from connector.compile.cut import Held
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.settings import Policy
from connector.settings.windows import Window


@dataclass(frozen=True, slots=True)
class Measured:
    """How much of the view of the orders was stamped since some time.

    `orders` should be at the destination, `withheld` are in the view only, `recent` were stamped
    since, or not at all; `latest` is the greatest stamp, in microseconds since 1970.
    """

    orders: int
    withheld: int
    recent: int
    latest: int | None


class Source(Protocol):
    """The views of one destination, open for reading: all of their orders, or those of a window.

    What crosses from the warehouse lands in tables of the run's own DuckDB: one fingerprint an
    order in `work.seen`, and the rows of chosen orders in `staged.<entity>`, or in
    `work.cut_<entity>` when stamps tell which may have changed. Everything behind them is the same
    for any warehouse. Whatever reads a view raises ModelError, naming its model, when it cannot.
    """

    @property
    def contract(self) -> Contract:
        """The contract, with the free fields that the views have columns for."""

    @property
    def models(self) -> Mapping[str, str]:
        """The models whose views are there, by entity."""

    @property
    def columns(self) -> Columns:
        """The columns of each view that the contract knows."""

    def announced(self) -> Sequence[str]:
        """Return what there is to say of columns that are read with another type than they have."""

    def engine(self) -> str:
        """Return a text that changes when the same rows would get other fingerprints."""

    def definitions(self) -> str:
        """Return a text that changes when a view is defined otherwise, or is found elsewhere."""

    def windowed(self, window: Window) -> "Source":
        """Return the same views with the orders of a window of time only."""

    def copied(self) -> "Source":
        """Return the rows in `work.cut_<entity>` as a source, with the same fingerprints."""

    def fingerprints(self, policy: Policy, salt: str) -> None:
        """Make `work.seen` (order_id, row_hash, standing, oldest, changed, times) of every order.

        The hash is over all that causes a send, in the order and in all that belongs to it: values,
        their absence, the column and the list they stand in, the order within a list, and the salt.
        The order of rows, who reads them, and in which time zone and locale, do not change it.
        `times` is how often the id is among the orders, 0 for a child without its order.
        """

    def rows(self, entity: Entity, instead: Mapping[str, str]) -> None:
        """Make `staged.<entity>`: every column of the contract, of the orders in `work.ranked`.

        Nulls stand for columns that the view lacks. `instead` has SQL of columns that are not taken
        as they are.
        """

    def leave_out_changed(self, policy: Policy, salt: str) -> None:
        """Drop the staged rows of orders that are not what was fingerprinted.

        Their ids are added to `work.changed_while_read`. A warehouse that shows all views as of one
        moment has none.
        """

    def orphans(self, entity: Entity) -> tuple[int, Sequence[str]]:
        """Return how many orders a child view has rows of that `work.seen` lacks, and examples."""

    def has_values(self, entity: Entity, names: Sequence[str]) -> tuple[bool, ...]:
        """Return whether a view has rows, and then whether each of its columns has values."""

    def measure(self, held: Held, since: datetime, began: datetime) -> Measured:
        """Return how much was stamped at `since` or later; stamps after `began` are not latest."""

    def cut_recent(self, since: datetime) -> None:
        """Make `work.cut_<orders>` of the orders stamped at `since` or later, or not at all."""

    def cut_sought(self, since: datetime) -> None:
        """Add the rest of the orders of `work.sought`."""

    def cut_children(self) -> None:
        """Make `work.cut_<child>` of what belongs to the orders of `work.sought`.

        Adds to `work.changed_while_read` those whose stamps are others by now.
        """

    def newest(self, began: datetime) -> datetime | None:
        """Return when the orders last got something new, None when that cannot be told."""

    def periods(self, size: str) -> list[tuple[datetime, int]]:
        """Return the start of each month, week or day (UTC) that has orders, and how many."""

    def ids(self, schema: str, table: str) -> None:
        """Make a table (order_id) of the ids of all orders."""

"""The interface of any warehouse that holds the views of a destination."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.compile import Columns
from connector.compile.reading.watermark import Held
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.settings import Policy
from connector.settings.windows import Window


@dataclass(frozen=True, slots=True)
class Measured:
    """How many orders of the view have a stamp since some time.

    `orders` should be at the destination, `withheld` are in the view but should not be there,
    `recent` have a stamp since then, or none; `latest` is the greatest stamp, in microseconds since
    1970.
    """

    orders: int
    withheld: int
    recent: int
    latest: int | None


@dataclass(frozen=True, slots=True)
class Division:
    """How a large first load is divided.

    `large` are the orders that were never sent, of which fewer are read at once; `size` are those
    of a window.
    """

    large: int
    size: int


class Source(Protocol):
    """The views of one destination, open for reading: all of their orders, or some.

    Data from the warehouse goes into tables of the run's own DuckDB: one fingerprint per order in
    `work.seen`, and the rows of chosen orders in `staged.<entity>`, or in `work.cut_<entity>` when
    stamps show which orders may have changed. All later steps are the same for any warehouse. A
    method that cannot read a view raises ModelError that names the model.
    """

    @property
    def contract(self) -> Contract:
        """The contract, with the free fields for which the views have columns."""

    @property
    def models(self) -> Mapping[str, str]:
        """The models of existing views, by entity."""

    @property
    def columns(self) -> Columns:
        """The columns of each view that the contract knows."""

    @property
    def division(self) -> Division | None:
        """How a large first load goes in windows, each read in a moment of its own.

        None where `rows` and `leave_out_changed` need the moment of the fingerprints.
        """

    def announced(self) -> Sequence[str]:
        """Return messages about columns that are read with another type than they have."""

    def engine(self) -> str:
        """Return a text that changes whenever the same rows would get other fingerprints."""

    def definitions(self) -> str:
        """Return a text that changes when a view's definition or place changes."""

    def windowed(self, window: Window) -> "Source":
        """Return the same views, limited to the orders of a window of time."""

    def of_order(self, order_id: str) -> "Source":
        """Return the same views, limited to one order and its rows; it is looked up by its id."""

    def copied(self) -> "Source":
        """Return the rows in `work.cut_<entity>` as a source, with the same fingerprints."""

    def fingerprints(self, policy: Policy, salt: str) -> None:
        """Make `work.seen` (order_id, row_hash, standing, oldest, changed, times) of every order.

        The hash covers everything that causes a send, in an order and its children: values, their
        absence, their column and list, the position within a list, and the salt. It does not depend
        on the sequence of rows, the reader, the time zone or the locale. `times` counts the rows of
        the orders' view that have the id, 0 for a child without its order.
        """

    def rows(self, entity: Entity, instead: Mapping[str, str]) -> None:
        """Make `staged.<entity>`: every column of the contract, of the orders in `work.ranked`.

        Columns that the view lacks are null. `instead` has SQL that replaces some columns.
        """

    def leave_out_changed(self, policy: Policy, salt: str) -> None:
        """Drop the staged rows of orders that differ from their fingerprint.

        Their ids are added to `work.changed_while_read`. A warehouse that reads all views as of one
        moment has none.
        """

    def orphans(self, entity: Entity) -> tuple[int, Sequence[str]]:
        """Return the number of orders in a child view that `work.seen` lacks, and examples."""

    def fanned_out(self, entity: Entity) -> Sequence[str]:
        """Return up to 3 orders of a child view with a repeated or null position in a list."""

    def has_values(self, entity: Entity, names: Sequence[str]) -> tuple[bool, ...]:
        """Return whether a view has rows, followed by whether each column has values."""

    def measure(self, held: Held, since: datetime, began: datetime) -> Measured:
        """Return how many orders have a stamp of `since` or later; see `Measured`."""

    def cut_recent(self, since: datetime) -> None:
        """Make `work.cut_<orders>` of the orders whose stamp is `since` or later, or null."""

    def cut_sought(self, since: datetime) -> None:
        """Add the other orders of `work.sought`."""

    def cut_children(self) -> None:
        """Make `work.cut_<child>` of the rows that belong to the orders of `work.sought`.

        Orders whose stamps have changed since are added to `work.changed_while_read`.
        """

    def newest(self, began: datetime) -> datetime | None:
        """Return when the orders last got something new, None when that is not known."""

    def periods(self, size: str) -> list[tuple[datetime, int]]:
        """Return the start of each month, week or day (UTC) with orders, and their number."""

    def ids(self, schema: str, table: str) -> None:
        """Make a table (order_id) of the ids of all orders."""

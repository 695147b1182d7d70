"""Reads the views of an attached DuckDB file, the only kind of warehouse so far."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import duckdb

from connector.compile import Columns, created, quote
from connector.compile.reading import fingerprint, stage, watermark
from connector.compile.reading.completeness import has_any
from connector.compile.reading.newest import moments, newest
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.settings import Policy
from connector.settings.windows import Window
from connector.source.file.one_moment import leave_out_changed
from connector.source.source import Division, Measured, Source
from connector.source.unreadable import naming
from connector.source.views import Views
from connector.sql import Statements, count

statement = Statements(__file__)

FEW = 5_000  # at most so many order ids are bound to a statement


@dataclass(frozen=True, slots=True)
class DuckDBFile:
    """A `Source` whose views the connection can read directly, as named in `found.relations`."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    found: Views
    database: str
    # `leave_out_changed` compares whatever was read; each window reads the views once more.
    division: ClassVar[Division | None] = Division(large=5_000_000, size=2_000_000)

    @property
    def models(self) -> Mapping[str, str]:
        """Return the models of existing views, by entity."""
        return self.found.models

    @property
    def columns(self) -> Columns:
        """Return the columns of each view that the contract knows."""
        return self.found.columns

    def announced(self) -> Sequence[str]:
        """Return messages about columns that are cast without loss."""
        return self.found.announced()

    def engine(self) -> str:
        """Return the version of DuckDB: `hash` may change with it."""
        return duckdb.__version__

    def definitions(self) -> str:
        """Return the names of the views, and the MD5 of the text of all views in the file."""
        ((defined,),) = self._rows(statement("view_definitions"), {"database": self.database})
        return f"{self.found.relations!r}, {defined!r}"

    def windowed(self, window: Window) -> Source:
        """Return the same views, limited to the orders of a window of time."""
        return self._of(stage.windowed(self.contract, self.found.relations, window))

    def of_order(self, order_id: str) -> Source:
        """Return the same views, limited to one order and its rows."""
        return self._of(stage.of_order(self.contract, self.found.relations, order_id))

    def copied(self) -> Source:
        """Return the rows copied to `work.cut_<entity>`; they need no warehouse."""
        return self._of({name: watermark.cut(name) for name in self.found.relations})

    def fingerprints(self, policy: Policy, salt: str) -> None:
        """Make `work.seen`; on an error, read the views one by one to name the one that fails."""
        given = (self.contract, self.found.relations, self.columns, policy)
        try:
            sql = created("work", "seen", fingerprint.seen(*given))
            self.connection.execute(sql, {"salt": salt})
        except duckdb.Error:
            for name, each in fingerprint.each_alone(*given).items():
                self._rows(each, entity=name)
            raise

    def rows(self, entity: Entity, instead: Mapping[str, str]) -> None:
        """Make `staged.<entity>` of the orders in `work.ranked`."""
        relation = self.found.relations.get(entity.name)
        rows = stage.staged(entity, relation, self.columns, instead)
        chosen = stage.of_orders(self.contract, rows)
        self._rows(created("staged", entity.name, chosen), entity=entity.name)

    def leave_out_changed(self, policy: Policy, salt: str) -> None:
        """Compare the staged rows with their fingerprints, since views may read changing files."""
        leave_out_changed(self.connection, self.contract, self.columns, policy, salt)

    def orphans(self, entity: Entity) -> tuple[int, Sequence[str]]:
        """Return the number of orders in a child view that `work.seen` lacks, and examples."""
        sql = stage.orphans(self.found.relations[entity.name], self.contract.key)
        ((orders, examples),) = self._rows(sql, entity=entity.name)
        return orders, examples

    def fanned_out(self, entity: Entity) -> Sequence[str]:
        """Return up to 3 orders of a child view with a repeated or null position in a list."""
        sql = stage.repeated(entity, stage.suspicious(entity, self.found.relations[entity.name]))
        return [order_id for (order_id,) in self._rows(sql, entity=entity.name)]

    def has_values(self, entity: Entity, names: Sequence[str]) -> tuple[bool, ...]:
        """Return whether a view has rows, followed by whether each column has values."""
        sql = has_any(self.found.relations[entity.name], list(names))
        (found,) = self._rows(sql, entity=entity.name)
        return tuple(map(bool, found))

    def measure(self, held: watermark.Held, since: datetime, began: datetime) -> Measured:
        """Return how many orders have a stamp of `since` or later."""
        sql = watermark.measured(*self._given(), held)
        (row,) = self._rows(sql, {"since": since, "began": began}, entity=self._orders)
        return Measured(*row)

    def cut_recent(self, since: datetime) -> None:
        """Make `work.cut_<orders>` of the orders whose stamp is `since` or later, or null."""
        self._cut(self._orders, watermark.recent(*self._given()), {"since": since})

    def cut_sought(self, since: datetime) -> None:
        """Add the other orders of `work.sought`."""
        if not count(self.connection, "work.sought"):
            return
        number, ids = self._ids()
        others = (
            f"insert into {watermark.cut(self._orders)} {watermark.others(*self._given(), number)}"
        )
        with self._pruning():
            self._rows(others, [*ids, since], entity=self._orders)

    def cut_children(self) -> None:
        """Make `work.cut_<child>` of the rows that belong to the orders of `work.sought`."""
        number, ids = self._ids()
        with self._pruning():
            for name, sql in watermark.children(*self._given(), number).items():
                self._cut(name, sql, ids)
            self._rows(watermark.restamped(*self._given(), number), ids, entity=self._orders)

    def newest(self, began: datetime) -> datetime | None:
        """Return the latest time in the orders that is not after `began`."""
        present = self.columns[self._orders]
        known = [f"epoch({quote(each)})" for each in moments(self.contract) if each in present]
        if not known:
            return None
        sql = newest(self.found.relations[self._orders], known)
        ((seconds,),) = self._rows(sql, {"began": began}, entity=self._orders)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def periods(self, size: str) -> list[tuple[datetime, int]]:
        """Return the start of each month, week or day (UTC) with orders, and their number."""
        sql = stage.periods(self.contract, self.found.relations)
        rows = self._rows(sql, {"size": size}, entity=self._orders)
        return [(start.replace(tzinfo=UTC), orders) for start, orders in rows]

    def ids(self, schema: str, table: str) -> None:
        """Make a table (order_id) of the ids of all orders."""
        from connector.compile.verifying import expected  # noqa: PLC0415 - a run has no need of it

        ids = expected.ids(self.contract, self.found.relations[self._orders])
        self._rows(created(schema, table, ids), entity=self._orders)

    @property
    def _orders(self) -> str:
        return self.contract.orders.name

    def _given(self) -> tuple[Contract, Mapping[str, str], Columns]:
        return self.contract, self.found.relations, self.columns

    def _of(self, relations: dict[str, str]) -> "DuckDBFile":
        return replace(self, found=replace(self.found, relations=relations))

    def _ids(self) -> tuple[int | None, list[str]]:
        """Return number and ids of the sought orders if they are few, else None and no ids."""
        found = self._rows(statement("sought_ids"))[0][0] or []
        return (None, []) if len(found) > FEW else (len(found), found)

    @contextmanager
    def _pruning(self) -> Iterator[None]:
        """Skip the parts of a table that cannot contain the bound ids."""
        self.connection.execute(statement("prune"))
        try:
            yield
        finally:
            self.connection.execute(statement("unprune"))

    def _cut(self, entity: str, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> None:
        self._rows(created("work", watermark.table(entity), sql), values, entity=entity)

    def _rows(
        self, sql: str, values: Mapping[str, Any] | Sequence[Any] = (), *, entity: str | None = None
    ) -> list[Any]:
        """Return the rows of a statement; an error in a view names its model."""
        with naming(self.models.get(entity, "") if entity else None):
            return self.connection.execute(sql, values).fetchall()

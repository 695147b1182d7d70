"""Reads the views of a PostgreSQL database: hashes are computed there, and summed up here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import duckdb

from connector.compile import created, quote, temporary
from connector.compile.reading import (
    fingerprint,
    postgres,
    postgres_catalogue,
    postgres_stamps,
    received,
    stage,
    watermark,
)
from connector.compile.reading.completeness import has_any
from connector.compile.reading.lifecycle import may_be_early
from connector.compile.reading.newest import moments
from connector.compile.reading.watermark import Held
from connector.contract.entity import Entity
from connector.engine.engine import alone
from connector.settings.settings import Policy
from connector.settings.windows import Window
from connector.source.postgres.copied import CopiedRows
from connector.source.postgres.driver import STREAM
from connector.source.postgres.failures import UnreadableError
from connector.source.postgres.reads import Reads
from connector.source.source import Measured, Source

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PostgresViews(Reads):
    """A `Source` whose views are read in one snapshot, so that none changes while it is read."""

    division = None  # rows are of the moment of their fingerprints, and not compared

    def announced(self) -> Sequence[str]:
        """Return messages about columns that are cast without loss."""
        return self.found.announced()

    def engine(self) -> str:
        """Return the versions of both engines that hash."""
        return f"PostgreSQL {self.session.version}, DuckDB {duckdb.__version__}"

    def definitions(self) -> str:
        """Return the names of the views, and the MD5 of the text of all views behind them."""
        places = [view.place for view in self.found.found.values()]
        ((defined,),) = self.session.rows(postgres_catalogue.definitions(places))
        return f"{self.session.server}, {places!r}, {defined!r}"

    def windowed(self, window: Window) -> Source:
        """Return the same views, limited to the orders of a window of time."""
        return replace(self, places=postgres.windowed(self.contract, self.places, window))

    def of_order(self, order_id: str) -> Source:
        """Return the same views, limited to one order and its rows."""
        return replace(self, places=postgres.of_order(self.contract, self.places, order_id))

    def copied(self) -> Source:
        """Return the rows copied to `work.cut_<entity>`; they need no server."""
        found = replace(self.found, relations={name: watermark.cut(name) for name in self.places})
        given = (self.session.connection, self.contract, found, "")
        return CopiedRows(*given, self.engine(), self.definitions())

    def fingerprints(self, policy: Policy, salt: str) -> None:
        """Make `work.seen`; on an error, read the views one by one to name the one that fails."""
        query = postgres.fingerprints(self.contract, self.places, self.columns)
        facts = postgres.facts(self.contract, self.columns)
        rows = self._arrived(
            self._orders, facts, "order_id", ("order_id", "fingerprint", "is_order")
        )
        sql = fingerprint.summed(self.contract, self.columns, policy, rows)
        try:
            with alone(self.session.connection):  # rows arrive one batch after the other
                self.session.fetch(query, created("work", "seen", sql), salt=salt)
        except UnreadableError:
            self._read_each()
            raise

    def rows(self, entity: Entity, instead: Mapping[str, str]) -> None:
        """Make `staged.<entity>` of the orders in `work.ranked`."""
        connection = self.session.connection
        if entity.name not in self.places:
            nothing = stage.staged(entity, None, self.columns, instead)
            connection.execute(created("staged", entity.name, self._ranked(nothing)))
            return
        arrived = self._arrived(entity.name, self.columns[entity.name], entity.keys[0])
        staged = self._ranked(stage.staged(entity, arrived, self.columns, instead))
        into = created("staged", entity.name, staged)
        for place in self._chosen(self.places[entity.name]):
            self.session.fetch(postgres.rows(place), into, self.models[entity.name])
            into = f"insert into staged.{quote(entity.name)} {staged}"

    def leave_out_changed(self, policy: Policy, salt: str) -> None:
        """Do nothing: the rows are of the moment of their fingerprints."""

    def orphans(self, entity: Entity) -> tuple[int, Sequence[str]]:
        """Return the number of orders in a child view that `work.seen` lacks, and examples."""
        query = postgres.ids(self.contract, self.places[entity.name])
        sql, model = stage.orphans(STREAM, "order_id"), self.models[entity.name]
        ((orders, examples),) = self.session.fetch(query, sql, model)
        return orders, examples

    def fanned_out(self, entity: Entity) -> Sequence[str]:
        """Return up to 3 orders of a child view with a repeated or null position in a list."""
        sql = stage.repeated(entity, self.places[entity.name].relation)
        rows = self.session.rows(sql, self.models[entity.name])
        return [str(order_id) for (order_id,) in rows]

    def has_values(self, entity: Entity, names: Sequence[str]) -> tuple[bool, ...]:
        """Return whether a view has rows, followed by whether each column has values."""
        sql = has_any(self.places[entity.name].relation, list(names))
        (found,) = self.session.rows(sql, self.models[entity.name])
        return tuple(map(bool, found))

    def measure(self, held: Held, since: datetime, began: datetime) -> Measured:
        """Return how many orders have a stamp of `since` or later."""
        place, connection = self.places[self._orders], self.session.connection
        query = postgres_stamps.measured(self.contract, place, self.columns, since, began)
        names = postgres.standing_columns(self.contract, self.columns)
        counted = ("orders", "recent", "latest")
        groups = self._arrived(self._orders, names, self.contract.key, counted)
        self._fetch(query, temporary("standings", f"from {groups}"))
        given = (self.contract, self.columns)
        sql = received.measured(*given, held.policy, "temp.standings")
        ((orders, withheld, recent, latest),) = connection.execute(sql).fetchall()
        known = self._known_early(held) if may_be_early(held.policy) else 0
        return Measured(orders + known, withheld - known, recent, latest)

    def cut_recent(self, since: datetime) -> None:
        """Make `work.cut_<orders>` of the orders whose stamp is `since` or later, or null."""
        self._cut(self.contract.orders, [postgres_stamps.recent(self.places[self._orders], since)])

    def cut_sought(self, since: datetime) -> None:
        """Add the other orders of `work.sought`."""
        place = postgres_stamps.older(self.places[self._orders], since)
        self._cut(self.contract.orders, self._sought(place), is_new=False)

    def cut_children(self) -> None:
        """Make `work.cut_<child>` of the rows that belong to the orders of `work.sought`."""
        for entity in self.contract.entities():
            if entity is not self.contract.orders and entity.name in self.places:
                self._cut(entity, self._sought(self.places[entity.name]))

    def newest(self, began: datetime) -> datetime | None:
        """Return the latest time in the orders that is not after `began`."""
        present = self.columns[self._orders]
        known = [each for each in moments(self.contract) if each in present]
        if not known:
            return None
        query = postgres_stamps.newest(self.places[self._orders], known, began)
        ((found,),) = self.session.rows(query, self.models[self._orders])
        return None if found is None else _EPOCH + timedelta(microseconds=found)

    def periods(self, size: str) -> list[tuple[datetime, int]]:
        """Return the start of each month, week or day (UTC) with orders, and their number."""
        query = postgres_stamps.periods(self.contract, self.places[self._orders], size)
        rows = self.session.rows(query, self.models[self._orders])
        return [(start.replace(tzinfo=UTC), orders) for start, orders in rows]

    def ids(self, schema: str, table: str) -> None:
        """Make a table (order_id) of the ids of all orders."""
        query = postgres.ids(self.contract, self.places[self._orders])
        self._fetch(query, created(schema, table, f"from {STREAM}"))

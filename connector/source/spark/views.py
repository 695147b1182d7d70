"""Reads the views of a Spark cluster: hashes are computed, summed and compared there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import duckdb

from connector.compile import created, temporary
from connector.compile.reading import fingerprint, received, stage, watermark
from connector.compile.reading.completeness import has_any
from connector.compile.reading.lifecycle import may_be_early
from connector.compile.reading.newest import moments
from connector.compile.reading.postgres import FINGERPRINT, Place, standing_columns
from connector.compile.reading.spark import rows as spark
from connector.compile.reading.spark import stamps as spark_stamps
from connector.compile.reading.spark import state as spark_state
from connector.compile.reading.watermark import Held
from connector.contract.entity import Entity
from connector.engine.engine import alone
from connector.exceptions import ModelError, WarehouseError
from connector.settings.settings import Policy
from connector.settings.windows import Window
from connector.source.source import Division, Measured, Source
from connector.source.spark import state
from connector.source.spark.copied import CopiedFromSpark
from connector.source.spark.driver import STREAM
from connector.source.spark.reads import Reads

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SparkViews(Reads):
    """A `Source` whose views may change between two queries, so that each row has its hash."""

    # Small windows: executors may have little memory. A window's ids are sent there, 0.6 MB.
    division: ClassVar[Division | None] = Division(large=100_000, size=30_000)

    def announced(self) -> Sequence[str]:
        """Return messages about columns that are cast without loss."""
        return self.found.announced()

    def engine(self) -> str:
        """Return the versions of both engines that hash."""
        version = ".".join(self.session.version.split(".")[:2])
        return f"Spark {version}, DuckDB {duckdb.__version__}"

    def definitions(self) -> str:
        """Return the names of the views, their text, and how all views behind them are read."""
        places = [view.place for view in self.found.found.values()]
        defined = [self.session.defined(each) for each in places]
        return f"{self.session.cluster}, {places!r}, {defined!r}"

    def windowed(self, window: Window) -> Source:
        """Return the same views, limited to the orders of a window of time."""
        return self._limited(spark.windowed(self.contract, self.places, window))

    def of_order(self, order_id: str) -> Source:
        """Return the same views, limited to one order and its rows."""
        return self._limited(spark.of_order(self.contract, self.places, order_id))

    def copied(self) -> Source:
        """Return the rows copied to `work.cut_<entity>`; they need no cluster."""
        found = replace(self.found, relations={name: watermark.cut(name) for name in self.places})
        given = (self.session.connection, self.contract, found, "")
        return CopiedFromSpark(*given, self.engine(), self.definitions())

    def fingerprints(self, policy: Policy, salt: str) -> None:
        """Make `work.seen`: of what differs from the ledger if that can be told, else of all."""
        seen = spark.fingerprints(self.contract, self.places, self.columns)
        table = state.name(self.session.connection, self.schema, self.contract)
        if table is None:
            self._all_fingerprints(seen, policy, salt)
            return
        known = state.State(self.session, self.contract, self.columns, table, seen)
        if not known.compare(self._sums("left_out"), policy, salt):
            self._all_fingerprints(seen, policy, salt)
            known.write()
        elif known.is_full_of_old():
            known.write()

    def rows(self, entity: Entity, instead: Mapping[str, str]) -> None:
        """Make `staged.<entity>` of the orders in `work.ranked`, and note their hashes."""
        connection = self.session.connection
        if entity.name not in self.places:
            nothing = stage.staged(entity, None, self.columns, instead)
            ranked = stage.of_orders(self.contract, nothing)
            connection.execute(created("staged", entity.name, ranked))
            return
        also, place = [FINGERPRINT], self.places[entity.name]
        if self._send_ranked():
            place = spark.of_chosen(self.contract, place)
        names = self.columns[entity.name]
        arrived = self._arrived(entity.name, names, entity.keys[0], also)
        staged = stage.staged(entity, arrived, self.columns, instead, also)
        into = created("staged", entity.name, stage.of_orders(self.contract, staged))
        query = spark.hashed(self.contract, entity, place, self._tasks())
        self.session.fetch(query, into, self.models[entity.name])
        for each in spark_state.printed(entity, is_first=entity is self.contract.orders):
            connection.execute(each)

    def leave_out_changed(self, policy: Policy, salt: str) -> None:
        """Compare the hashes that came with the rows with those that were summed before."""
        connection = self.session.connection
        differing = spark_state.changed(self.contract, self.columns, policy)
        insert = f"insert into work.changed_while_read {differing}"
        connection.execute(insert, {"salt": salt})
        for entity in self.contract.entities():
            connection.execute(fingerprint.drop_changed(entity))

    def orphans(self, entity: Entity) -> tuple[int, Sequence[str]]:
        """Return the number of orders in a child view that `work.seen` lacks, and examples."""
        query = spark.ids(self.contract, self.places[entity.name])
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
        query = spark_stamps.measured(self.contract, place, self.columns, since, began)
        names = standing_columns(self.contract, self.columns)
        counts = ("orders", "recent", "latest")
        groups = self._arrived(self._orders, names, self.contract.key, counts)
        self._fetch(query, temporary("standings", f"from {groups}"))
        given = (self.contract, self.columns)
        sql = received.measured(*given, held.policy, "temp.standings")
        ((orders, withheld, recent, latest),) = connection.execute(sql).fetchall()
        known = self._known_early(held) if may_be_early(held.policy) else 0
        return Measured(orders + known, withheld - known, recent, latest)

    def cut_recent(self, since: datetime) -> None:
        """Make `work.cut_<orders>` of the orders whose stamp is `since` or later, or null."""
        self._cut(self.contract.orders, spark_stamps.recent(self.places[self._orders], since))

    def cut_sought(self, since: datetime) -> None:
        """Add the other orders of `work.sought`."""
        place = spark_stamps.older(self.places[self._orders], since)
        self._cut(self.contract.orders, self._sought(place), is_new=False)

    def cut_children(self) -> None:
        """Make `work.cut_<child>` of the rows that belong to the orders of `work.sought`.

        Orders whose stamps have changed since are added to `work.changed_while_read`.
        """
        for entity in self.contract.entities():
            if entity is not self.contract.orders and entity.name in self.places:
                self._cut(entity, self._sought(self.places[entity.name]))
        now = spark_stamps.stamps(self.contract, self._sought(self.places[self._orders]))
        self._fetch(now, watermark.stamped_anew(self.contract, STREAM))

    def newest(self, began: datetime) -> datetime | None:
        """Return the latest time in the orders that is not after `began`."""
        present = self.columns[self._orders]
        known = [each for each in moments(self.contract) if each in present]
        if not known:
            return None
        query = spark_stamps.newest(self.places[self._orders], known, began)
        ((found,),) = self.session.rows(query, self.models[self._orders])
        return None if found is None else _EPOCH + timedelta(microseconds=found)

    def periods(self, size: str) -> list[tuple[datetime, int]]:
        """Return the start of each month, week or day (UTC) with orders, and their number."""
        query = spark_stamps.periods(self.contract, self.places[self._orders], size)
        rows = self.session.rows(query, self.models[self._orders])
        return [(start.replace(tzinfo=UTC), orders) for start, orders in rows]

    def ids(self, schema: str, table: str) -> None:
        """Make a table (order_id) of the ids of all orders."""
        query = spark.ids(self.contract, self.places[self._orders])
        self._fetch(query, created(schema, table, f"from {STREAM}"))

    def _all_fingerprints(self, seen: str, policy: Policy, salt: str) -> None:
        """Make `work.seen` of all; on an error, read the views one by one to name what fails."""
        sql = fingerprint.totalled(self.contract, self.columns, policy, self._sums())
        try:
            with alone(self.session.connection):  # rows arrive one batch after the other
                self.session.fetch(seen, created("work", "seen", sql), salt=salt)
        except (ModelError, WarehouseError):
            self._read_each()
            raise

    def _limited(self, places: Mapping[str, Place]) -> "SparkViews":
        return replace(self, places=places, schema="")

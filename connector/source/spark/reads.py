"""Copies rows of Spark into tables of DuckDB: all of a view, or those of some orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.compile import Columns, created
from connector.compile.reading import received, watermark
from connector.compile.reading.postgres import FINGERPRINT, Place, facts, standing_columns
from connector.compile.reading.spark import rows as spark
from connector.compile.reading.spark import stamps as spark_stamps
from connector.compile.reading.watermark import Held
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.source.spark.columns import Column
from connector.source.spark.driver import STREAM
from connector.source.spark.session import Session
from connector.source.views import Views
from connector.sql import Statements, count

statement = Statements(__file__)

_TOTALS = ("order_id", "fingerprint", "times")
FEW = 100_000  # orders whose ids are sent there in any case
_SHARE = 4  # of more of them, when more than one in so many is wanted, the whole view is read
PART = 10_000  # orders whose rows a task of the cluster holds in memory, as what it returns


@dataclass(frozen=True, slots=True)
class Reads:
    """The views of a destination as they are read; `places` are all of their rows, or some."""

    session: Session
    contract: Contract
    found: Views
    known: Mapping[str, Sequence[Column]]  # all columns, by the quoted name of a view
    places: Mapping[str, Place]
    schema: str  # of the table of what was delivered; empty if it does not help

    @property
    def models(self) -> Mapping[str, str]:
        """Return the models of existing views, by entity."""
        return self.found.models

    @property
    def columns(self) -> Columns:
        """Return the columns of each view that the contract knows."""
        return self.found.columns

    @property
    def _orders(self) -> str:
        return self.contract.orders.name

    def _arrived(
        self, entity: str, names: Sequence[str], key: str, also: Sequence[str] = ()
    ) -> str:
        """Return a select of columns of a view as they arrive in the stream, and `also` others.

        `key` is the column of the stream with the id of the order.
        """
        view = self.found.found[entity]
        columns = {each.name: each for each in self.known[view.place]}
        values = {name: columns[name].received(view.model, key) for name in names}
        return received.typed(STREAM, values, view.casts, also)

    def _sums(self, *also: str) -> str:
        """Return a select of the sums of orders as they arrive, and of further columns."""
        names = facts(self.contract, self.columns)
        return self._arrived(self._orders, names, "order_id", (*_TOTALS, *also))

    def _sought(self, place: Place) -> Place:
        """Return a view cut to the orders of `work.sought`, whose ids are sent there."""
        self.session.send(spark.CHOSEN, statement("sought_ids"))
        return spark.of_chosen(self.contract, place)

    def _fetch(self, query: str, into: str) -> None:
        self.session.fetch(query, into, self.models[self._orders])

    def _send_ranked(self) -> bool:
        """Send the ids of `work.ranked` there; returns false when so many are wanted as all.

        In a window of a large first load, `work.seen` has no other orders.
        """
        connection = self.session.connection
        wanted, known = count(connection, "work.ranked"), count(connection, "work.seen")
        if wanted > FEW and wanted * _SHARE > known:
            return False
        self.session.send(spark.CHOSEN, statement("ranked_ids"))
        return True

    def _tasks(self) -> int:
        """Return how many tasks of the cluster return the rows of the orders in `work.ranked`."""
        return -(-count(self.session.connection, "work.ranked") // PART)

    def _cut(self, entity: Entity, place: Place, *, is_new: bool = True) -> None:
        """Make `work.cut_<entity>` of the rows of a place with their hashes, or add to it."""
        names = self.columns[entity.name]
        rows = f"from {self._arrived(entity.name, names, entity.keys[0], [FINGERPRINT])}"
        into = created("work", watermark.table(entity.name), rows)
        if not is_new:
            into = f"insert into {watermark.cut(entity.name)} {rows}"
        query = spark.hashed(self.contract, entity, place)
        self.session.fetch(query, into, self.models[entity.name])

    def _known_early(self, held: Held) -> int:
        """Return how many orders are too early to be sent, and at the destination already."""
        connection, given = self.session.connection, (self.contract, self.columns)
        sql = received.early_states(*given, held.policy, "temp.standings")
        states = [state for (state,) in connection.execute(sql).fetchall()]
        if not states:
            return 0
        names = dict.fromkeys([self.contract.key, *standing_columns(*given)])
        place = self.places[self._orders]
        query = spark_stamps.early(self.contract, place, self.columns, states)
        rows = self._arrived(self._orders, list(names), self.contract.key)
        sql = received.held(*given, held, rows)
        ((found,),) = self.session.fetch(query, sql, self.models[self._orders])
        return int(found)

    def _read_each(self) -> None:
        """Read each view alone; raises ModelError for one that fails."""
        for entity in self.contract.entities():
            if entity.name in self.places:
                query = spark.alone(self.contract, entity, self.places[entity.name])
                self.session.rows(query, self.models[entity.name])

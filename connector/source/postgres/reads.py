"""Copies rows of PostgreSQL into tables of DuckDB: all of a view, or those of some orders."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.compile import Columns, created
from connector.compile.reading import postgres, postgres_stamps, received, stage, watermark
from connector.compile.reading.postgres import FINGERPRINT, Place
from connector.compile.reading.watermark import Held
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.source.postgres.columns import Column
from connector.source.postgres.driver import STREAM
from connector.source.postgres.session import Session
from connector.source.views import Views
from connector.sql import Statements, count

statement = Statements(__file__)

FEW = 50_000  # most ids of orders in a query
_SHARE = 4  # when more than one order in so many is wanted, the whole view is read


@dataclass(frozen=True, slots=True)
class Reads:
    """The views of a destination as they are read; `places` are all of their rows, or some."""

    session: Session
    contract: Contract
    found: Views
    known: Mapping[str, Sequence[Column]]  # all columns, by the quoted name of a view
    places: Mapping[str, Place]

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

    def _ranked(self, rows: str) -> str:
        return stage.of_orders(self.contract, rows)

    def _fetch(self, query: str, into: str) -> None:
        self.session.fetch(query, into, self.models[self._orders])

    def _chosen(self, place: Place) -> Iterator[Place]:
        """Yield a view cut to the orders of `work.ranked`, a few at a time; all rows for many."""
        connection = self.session.connection
        wanted, known = count(connection, "work.ranked"), count(connection, "work.seen")
        if wanted > FEW and wanted * _SHARE > known:
            yield place
            return
        for first in range(1, max(wanted, 1) + 1, FEW):
            values = {"first": first, "last": first + FEW - 1}
            ((ids,),) = statement.rows(connection, "ranked_ids", **values)
            yield postgres.of_orders(self.contract, place, ids)

    def _sought(self, place: Place) -> Iterator[Place]:
        """Yield a view cut to the orders of `work.sought`, a few at a time."""
        connection = self.session.connection
        ((ids,),) = statement.rows(connection, "sought_ids")
        for first in range(0, max(len(ids), 1), FEW):
            yield postgres.of_orders(self.contract, place, ids[first : first + FEW])

    def _cut(self, entity: Entity, places: Iterable[Place], *, is_new: bool = True) -> None:
        """Make `work.cut_<entity>` of the rows of places with their hashes, or add to it."""
        names = self.columns[entity.name]
        rows = f"from {self._arrived(entity.name, names, entity.keys[0], [FINGERPRINT])}"
        into = created("work", watermark.table(entity.name), rows)
        for place in places:
            if not is_new:
                into = f"insert into {watermark.cut(entity.name)} {rows}"
            query = postgres.hashed(self.contract, entity, place)
            self.session.fetch(query, into, self.models[entity.name])
            is_new = False

    def _known_early(self, held: Held) -> int:
        """Return how many orders are too early to be sent, and at the destination already."""
        connection, given = self.session.connection, (self.contract, self.columns)
        sql = received.early_states(*given, held.policy, "temp.standings")
        states = [state for (state,) in connection.execute(sql).fetchall()]
        if not states:
            return 0
        names = dict.fromkeys([self.contract.key, *postgres.standing_columns(*given)])
        query = postgres_stamps.early(
            self.contract, self.places[self._orders], self.columns, states
        )
        rows = self._arrived(self._orders, list(names), self.contract.key)
        sql = received.held(*given, held, rows)
        ((found,),) = self.session.fetch(query, sql, self.models[self._orders])
        return int(found)

    def _read_each(self) -> None:
        """Read each view alone, in a new transaction; raises ModelError for one that fails."""
        self.session.begin()
        for entity in self.contract.entities():
            if entity.name in self.places:
                query = postgres.alone(self.contract, entity, self.places[entity.name])
                self.session.rows(query, self.models[entity.name])

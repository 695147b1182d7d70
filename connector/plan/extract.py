"""Extracts from the views the orders that may have changed, with all that belongs to them.

Tables in `work`:
    sought         order_id, is_recent    the orders that are read, in the view or not
    changed_while_read   order_id         those that changed before all of them was read
    cut_<entity>   columns of its view    their rows, until `drop`
    current        as `ledger.current`    what the ledger holds of them
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import duckdb

from connector.compile import created, cut, dropped
from connector.contract.contract import Contract
from connector.ledger.ledger import Scope
from connector.source.snapshot import reading
from connector.source.warehouse import Views
from connector.sql import count, run, statement

FEW = 5_000  # orders whose ids are bound to a statement


class Extract:
    """The rows of orders that were stamped at some time or later, and of those to be looked at."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        found: Views,
        scope: Scope,
        held: cut.Held,
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._found = found
        self._scope = scope.values()
        self.held = held
        self._tables: list[str] = []
        self.known = 0  # orders that were delivered, when the orders are read

    def seek(self) -> int:
        """Note the orders that are read whatever their stamps; returns how many may be there."""
        self._run("sought", self._scope)
        return self._count(statement("asked_for"), self._scope)

    def orders(self, since: datetime) -> tuple[int, int, int]:
        """Read the orders; returns how many of them the destination should hold, and how many not.

        The third number is that of the orders that were delivered and not read again.
        """
        self._run("prune", {})
        rows = (self._contract, self._found.relations, self._found.columns)
        name = self._contract.orders.name
        self._make(name, cut.recent(*rows), {"since": since})
        if count(self._connection, "work.sought"):
            number, ids = self._ids()
            others = f"insert into {cut.cut(name)} {cut.others(*rows, number)}"
            with reading(self._found.models[name]):
                self._connection.execute(others, [*ids, since])
        stamped = f"insert into work.sought {cut.stamped(self._contract)}"
        run(self._connection, stamped, {"since": since})
        self._run("current_of_sought", self._scope)
        self.known = self._count(statement("known"), self._scope)
        present = cut.present(self._contract, self._found.columns, self.held)
        there, withheld = run(self._connection, present, {}).fetchall()[0]
        return int(there), int(withheld), self.known - self._count(statement("delivered"))

    def children(self) -> Views:
        """Read what belongs to the orders; returns the views as they were cut."""
        relations, columns = self._found.relations, self._found.columns
        number, ids = self._ids()
        for name, sql in cut.children(self._contract, relations, columns, number).items():
            self._make(name, sql, ids)
        restamped = cut.restamped(self._contract, relations, columns, number)
        with reading(self._found.models[self._contract.orders.name]):
            self._connection.execute(restamped, ids)
        return replace(self._found, relations={name: cut.cut(name) for name in relations})

    def drop(self) -> None:
        """Drop the rows; what they were taken from need not be there any more."""
        self._run("unprune", {})
        for name in self._tables:
            self._connection.execute(dropped("work", cut.table(name)))

    def undo(self) -> None:
        """Drop everything, so that all can be read."""
        self.drop()
        self._run("unseek", {})

    def _ids(self) -> tuple[int | None, list[str]]:
        """Return the ids of the orders that are sought and their number, if they are few."""
        found = self._connection.execute(statement("sought_ids")).fetchall()[0][0] or []
        return (None, []) if len(found) > FEW else (len(found), found)

    def _make(self, entity: str, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> None:
        with reading(self._found.models[entity]):
            self._connection.execute(created("work", cut.table(entity), sql), values)
        self._tables.append(entity)

    def _run(self, name: str, values: Mapping[str, Any]) -> None:
        run(self._connection, statement(name), values)

    def _count(self, sql: str, values: Mapping[str, Any] | None = None) -> int:
        return int(run(self._connection, sql, values or {}).fetchall()[0][0])

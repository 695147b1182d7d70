"""Judges the columns of an existing view, and chooses conversions by the columns' values."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from connector.compile import quote
from connector.contract.entity import Entity
from connector.fit.advice import best
from connector.fit.fault import Fault, UnfitError
from connector.fit.judge import Unfit, counted, judged, not_boolean, wrong_type
from connector.fit.lossless import of_nulls
from connector.fit.way import Way
from connector.source.reader import Reader

_LOOKED_AT = 1_000  # values read of a column
_OF_NULLS = "INTEGER"  # the type that a table gives to a column of untyped nulls


class Judge:
    """Judges one view of the open warehouse; `relation` is its quoted name."""

    def __init__(self, reader: Reader, entity: Entity, model: str, relation: str) -> None:
        self._reader = reader
        self._entity = entity
        self._model = model
        self._relation = relation

    def casts(self, destination: str, columns: Mapping[str, str]) -> Mapping[str, str]:
        """Return SQL of the columns that are cast without loss; `columns` are names and types.

        Raises UnfitError with all that does not fit.
        """
        found = judged(self._entity, self._model, columns, self._reader.dialect)
        casts, faults = dict(found.casts), list(found.faults)
        for each in found.unfit:
            if self._has_no_values(each):
                casts[each.name] = of_nulls(each.kind, quote(each.name))
            else:
                way = chosen(self._reader, self._relation, each.name, each.ways)
                faults.append(wrong_type(self._model, each, way, self._reader.dialect))
        faults += self._neither(columns, [name for name in casts if name in found.flags])
        if faults:
            raise UnfitError(destination, faults)
        return casts

    def _has_no_values(self, unfit: Unfit) -> bool:
        """Return whether a column of a table was made of untyped nulls."""
        if unfit.data_type != _OF_NULLS:
            return False
        found = self._counted(["count(*)", f"count({quote(unfit.name)})"])
        return bool(found) and found[0] > 0 and not found[1]

    def _neither(self, columns: Mapping[str, str], flags: list[str]) -> Iterator[Fault]:
        """Yield a fault for each number column, needed as a boolean, with more than 0 and 1."""
        counts = [f"count(*) filter (where {quote(name)} not in (0, 1))" for name in flags]
        found = self._counted(counts) if counts else ()
        for name, count in zip(flags, found, strict=False):
            if count:
                yield not_boolean(self._model, name, columns[name], count, self._reader.dialect)

    def _counted(self, counts: Sequence[str]) -> tuple[int, ...]:
        """Return counts; empty when the view cannot be read, which is reported later."""
        try:
            return self._reader.aggregates(self._relation, counts)
        except duckdb.Error:
            return ()


def chosen(reader: Reader, relation: str, name: str, ways: Sequence[Way]) -> Way | None:
    """Return the conversion that fits the values of a column best; `relation` is quoted."""
    if len(ways) <= 1:
        return ways[0] if ways else None
    counts = [f"count(*) filter (where {way.condition})" for way in ways]
    try:
        values = reader.first(relation, _LOOKED_AT, name)
        sql = counted(values, ["count(*)", *counts])
        found = reader.connection.execute(sql).fetchall()[0]
    except duckdb.Error:  # reported later
        return best(ways, (), 0)
    return best(ways, found[1:], found[0])

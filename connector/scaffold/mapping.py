"""Maps the columns of a model to those of a contract: by equal or usual names, with casts."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.compile.reading.stage import kinds
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.fit.advice import Column
from connector.fit.judge import needed
from connector.fit.types import family, fields, written
from connector.scaffold.catalogue import Catalogue, Origin

AS_GIVEN = "as given"  # the source shown for SQL that the user gave
_NEAR = 0.88  # similarity from which one name may be a misspelling of another
_CENTS = re.compile(r"_?(in_)?(cents|pence|minor|minor_units)$")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column of a view; `sql` is empty when nothing was found, `source` names its origin.

    `note` says what a person must check.
    """

    column: str
    kind: str
    is_required: bool
    sql: str = ""
    source: str = ""
    note: str = ""


class Mapper:
    """Maps one model to the view of an entity; `zone` applies to times without a time zone."""

    def __init__(
        self, contract: Contract, entity: Entity, catalogue: Catalogue, source: Origin, zone: str
    ) -> None:
        self._entity = entity
        self._usual = contract.usual_names(entity)
        key = contract.orders.keys[0]
        self._usual_key = contract.usual_names(contract.orders).get(key, ())
        self._catalogue = catalogue
        self._source = source
        self._zone = zone

    def columns(self, given: Mapping[str, str]) -> list[Mapped]:
        """Return all columns of the view; `given` has SQL of columns that the user mapped."""
        required, found = needed(self._entity), []
        for column, kind in kinds(self._entity).items():
            empty = Mapped(column, kind, column in required)
            if column in given:
                found.append(replace(empty, sql=given[column], source=AS_GIVEN))
            else:
                found.append(self._column(empty))
        keys = [each.sql for each in found if each.column in self._entity.keys]
        if "_position" not in given and all(keys):
            found = [self._position(each, keys) for each in found]
        return found

    def _column(self, empty: Mapped) -> Mapped:
        for name, is_cents in self._candidates(empty):
            mapped = self._cents(empty, name) if is_cents else self._converted(empty, name)
            if mapped:
                return mapped
        return self._within(empty) or empty

    def _candidates(self, empty: Mapped) -> Iterator[tuple[str, bool]]:
        """Yield candidate columns, the likeliest first, and whether each is in cents."""
        columns = {_plain(name): name for name in self._source.columns}
        is_parents = bool(self._entity.label) and empty.column in self._entity.keys[:1]
        own = () if is_parents else self._usual.get(empty.column, ())
        usual = [name for name in (*own, *(self._usual_key if is_parents else ())) if name != "id"]
        if "id" in own or (not self._entity.label and empty.column in self._entity.keys):
            usual.append("id")
        # `id` alone is less specific than a name such as `order_id`.
        first = (*usual, "id") if empty.column == "id" else (empty.column, *usual)
        names = [_plain(name) for name in first]
        yield from ((columns[name], False) for name in names if name in columns)
        if empty.kind == "number":
            cents = {_plain(_CENTS.sub("", name.lower())): name for name in self._in_cents()}
            yield from ((cents[name], True) for name in names if name in cents)
        near = difflib.get_close_matches(names[0], columns, n=1, cutoff=_NEAR)
        yield from ((columns[name], False) for name in near)

    def _in_cents(self) -> list[str]:
        whole = (name for name, kind in self._source.columns.items() if family(kind) == "whole")
        return [name for name in whole if _CENTS.search(name.lower())]

    def _cents(self, empty: Mapped, name: str) -> Mapped:
        sql = f"cast({self._catalogue.dialect.name(name)} * 0.01 as decimal(18, 2))"
        return replace(empty, sql=sql, source=name, note="in cents")

    def _converted(self, empty: Mapped, name: str) -> Mapped | None:
        """Return the column converted from one of the source, or None when no cast is known."""
        data_type = self._source.columns[name]
        column = self._taken(written(name), data_type, empty.kind)
        way = self._catalogue.way(self._source, column, name)
        if way is None:
            return None
        note = way.note
        return replace(empty, sql=way.pasted, source=f"{name} {_short(data_type)}", note=note)

    def _taken(self, sql: str, data_type: str, kind: str) -> Column:
        return Column(sql, data_type, kind, self._zone, dialect=self._catalogue.dialect)

    def _within(self, empty: Mapped) -> Mapped | None:
        """Return the column read from a field of a STRUCT, such as the city of an address."""
        holder, _, field = empty.column.rpartition("__")
        for name, data_type in self._source.columns.items():
            if not holder or family(data_type) != "struct" or _plain(name) not in _plain(holder):
                continue
            inner = {_plain(each): each for each in fields(data_type)}
            if _plain(field) in inner:
                meant = inner[_plain(field)]
                sql = f"{written(name)}.{written(meant)}"
                column = self._taken(sql, fields(data_type)[meant], empty.kind)
                way = self._catalogue.way(self._source, column, name)
                return replace(empty, sql=way.pasted, source=f"{name}.{meant}") if way else None
        return None

    def _position(self, mapped: Mapped, keys: Sequence[str]) -> Mapped:
        """Return the position, numbered by the columns that identify the rows of the source."""
        if mapped.column != "_position" or mapped.sql:
            return mapped
        names = [name for name in self._source.columns if name.lower().endswith(("id", "key"))]
        apart = next((n for n in names if self._catalogue.is_unique(self._source, n)), None)
        named = self._catalogue.dialect.name
        order = named(apart) if apart else ", ".join(map(named, self._source.columns))
        sql = f"row_number() over (partition by {', '.join(keys)} order by {order})"
        return replace(mapped, sql=sql, source="row_number()")


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _short(data_type: str) -> str:
    """Return a type, shortened for a table."""
    return data_type if family(data_type) not in {"struct", "enum"} else data_type.partition("(")[0]

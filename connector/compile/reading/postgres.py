"""SQL of PostgreSQL over the views: their rows, and a hash of each row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.compile import Columns, literal, quote
from connector.compile.reading.fingerprint import sent
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.watermark import CHANGED_AT
from connector.settings.windows import Window

NOT_A_NUMBER = -(2**63)  # stands for NaN among whole numbers; none of 18 digits is as small
FINGERPRINT = "__fingerprint"  # of a row; no column of a view has this name


@dataclass(frozen=True, slots=True)
class Place:
    """A view: what to read, and for each column SQL that sends it, and SQL that is hashed.

    `relation` is a quoted name, or a select with an alias.
    """

    relation: str
    sends: Mapping[str, str]
    hashes: Mapping[str, str]

    def where(self, condition: str) -> "Place":
        """Return the same, limited to some rows."""
        return Place(_limited(self.relation, condition), self.sends, self.hashes)


Places = Mapping[str, Place]


def scaled(name: str, decimals: int) -> str:
    """Return SQL that multiplies a number of up to 18 digits until it is whole."""
    whole = f"({name} * {10**decimals})::bigint"
    return f"case when {name} = 'NaN' then {NOT_A_NUMBER} else {whole} end"


def rows(place: Place) -> str:
    """Return a select of the columns of a view."""
    values = [f"{sql} as {quote(name)}" for name, sql in place.sends.items()]
    return f"select {', '.join(values)} from {place.relation}"


def hashed(contract: Contract, entity: Entity, place: Place) -> str:
    """Return a select of the columns of a view, and of the hash of each row."""
    values = [f"{sql} as {quote(name)}" for name, sql in place.sends.items()]
    values.append(f"{_hash(contract, entity, place)} as {quote(FINGERPRINT)}")
    return f"select {', '.join(values)} from {place.relation}"


def fingerprints(contract: Contract, places: Places, columns: Columns) -> str:
    """Return a select of what `fingerprint.summed` needs, a row for each row of the views."""
    selects = []
    for entity in contract.entities():
        if entity.name in places:
            place = places[entity.name]
            known = _facts(contract, columns, place if entity is contract.orders else None)
            selects.append(
                f"select {quote(entity.keys[0])}::text as order_id, "
                f"{_hash(contract, entity, place)} as fingerprint, {known} "
                f"from {place.relation}"
            )
    return " union all ".join(selects)


def alone(contract: Contract, entity: Entity, place: Place) -> str:
    """Return a select of one row that reads all that a fingerprint reads of a view."""
    return f"select count({_hash(contract, entity, place)}) as rows from {place.relation}"


def windowed(contract: Contract, places: Places, window: Window) -> dict[str, Place]:
    """Return the views cut to the orders of a window of time."""
    return between(contract, places, timestamp(window.start), timestamp(window.end))


def between(contract: Contract, places: Places, start: str, end: str) -> dict[str, Place]:
    """Return the views cut to the orders from a time on, and before another; both are SQL."""
    key, moment, orders = quote(contract.key), quote(contract.order_by), contract.orders.name
    bounds = f"{moment} >= {start} and {moment} < {end}"
    chosen = f"{key} in (select {key} from {places[orders].relation} where {bounds})"
    return {
        name: place.where(bounds if name == orders else chosen) for name, place in places.items()
    }


def of_order(contract: Contract, places: Places, order_id: str) -> dict[str, Place]:
    """Return the views cut to one order."""
    return {name: of_orders(contract, place, [order_id]) for name, place in places.items()}


def of_orders(contract: Contract, place: Place, ids: Iterable[str]) -> Place:
    """Return a view cut to some orders.

    The ids stand in the text, as COPY, by which rows are sent, takes no values.
    """
    key = f"{quote(contract.key)}::text"
    return place.where(f"{key} = any (array[{', '.join(map(literal, ids))}]::text[])")


def locks(places: Iterable[str]) -> str:
    """Return the statement that keeps views, and what they read, from being replaced."""
    return f"lock table {', '.join(places)} in access share mode"


def untouched(places: Sequence[str]) -> str:
    """Return a select of how many of the relations are those that the snapshot shows."""
    names = ", ".join(f"{literal(place)}::regclass" for place in places)
    return (
        "select count(*) from pg_class where oid in (" + names + ") "
        "and pg_relation_filenode(oid) is not distinct from nullif(relfilenode, 0)"
    )


def standing_columns(contract: Contract, columns: Columns) -> list[str]:
    """Return the columns of the orders' view that decide where an order stands."""
    present = columns[contract.orders.name]
    names = (contract.lifecycle.column, contract.removal.flag or "")
    return [name for name in names if name in present]


def facts(contract: Contract, columns: Columns) -> list[str]:
    """Return those columns of the orders' view that `fingerprint.summed` reads."""
    present = columns[contract.orders.name]
    names = (*standing_columns(contract, columns), contract.order_by, CHANGED_AT)
    return list(dict.fromkeys(name for name in names if name in present))


def _facts(contract: Contract, columns: Columns, orders: Place | None) -> str:
    """Return what an order needs besides its hash: nulls in the rows of children."""
    values = [
        f"{orders.sends[name] if orders else 'null'} as {quote(name)}"
        for name in facts(contract, columns)
    ]
    return ", ".join([f"{'true' if orders else 'false'} as is_order", *values])


def _hash(contract: Contract, entity: Entity, place: Place) -> str:
    """Return SQL of a hash of all values of a row that cause a send, and of what changes them."""
    names = dict.fromkeys(sent(entity, place.hashes))
    if entity is contract.orders and contract.lifecycle.column in place.hashes:
        names[contract.lifecycle.column] = None
    values = ", ".join(place.hashes[name] for name in names)
    return f"hash_record_extended(row({literal(entity.name)}::text, {values}), 0)"


def timestamp(moment: datetime) -> str:
    """Return a time as SQL of PostgreSQL."""
    return f"timestamptz {literal(moment.isoformat())}"


def _limited(relation: str, condition: str) -> str:
    return f"(select * from {relation} where {condition}) as limited"


def everything(relation: str) -> str:
    """Return a select of all columns of a relation as they are."""
    return f"select * from {relation}"


def limited(query: str, rows: int) -> str:
    """Return some rows of a query."""
    return f"select * from ({query}) as limited limit {rows}"


def ids(contract: Contract, place: Place) -> str:
    """Return a select of (order_id): the orders of the rows of a view."""
    return f"select distinct {quote(contract.key)}::text as order_id from {place.relation}"

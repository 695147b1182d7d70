"""SQL of Spark over the views: their rows, a hash of each row, and the sum of an order's hashes.

Names stand in double quotes, as the session's settings allow.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from connector.compile import Columns, quote
from connector.compile.reading.fingerprint import MODULUS, sent
from connector.compile.reading.postgres import (
    FINGERPRINT,
    Place,
    Places,
    between,
    facts,
    standing_columns,
)
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.windows import Window

CHOSEN = "order_connector_chosen"  # a temporary view of the session: ids that were sent there


def literal(text: str) -> str:
    """Return the text as a literal of Spark, which takes backslashes for escapes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def timestamp(moment: datetime) -> str:
    """Return a time as SQL of Spark."""
    return f"timestamp {literal(moment.isoformat(sep=' '))}"


def hashed(contract: Contract, entity: Entity, place: Place, tasks: int = 1) -> str:
    """Return a select of the columns of a view, and of the hash of each row.

    A task holds all that it returns in memory. Several `tasks` share the rows, by their order.
    """
    key = quote(entity.keys[0])
    shared = f"/*+ repartition({tasks}, {key}) */ " if tasks > 1 else ""
    values = [f"{sql} as {quote(name)}" for name, sql in place.sends.items()]
    values.append(f"{_hash(contract, entity, place)} as {quote(FINGERPRINT)}")
    return f"select {shared}{', '.join(values)} from {place.relation}"


def fingerprints(contract: Contract, places: Places, columns: Columns) -> str:
    """Return a select of what `fingerprint.totalled` needs, one row for each order.

    The hashes are summed as decimals, since a sum of 64-bit numbers overflows.
    """
    names = [quote(name) for name in facts(contract, columns)]
    rows = " union all ".join(
        _rows_of(contract, entity, places[entity.name], columns)
        for entity in contract.entities()
        if entity.name in places
    )
    total = f"pmod(sum(cast(fingerprint as decimal(20, 0))), {MODULUS})"
    values = [
        "order_id",
        f"cast({total} as decimal(20, 0)) as fingerprint",
        "count(is_order) as times",
        *(f"max({name}) as {name}" for name in names),
    ]
    return f"select {', '.join(values)} from ({rows}) as hashed group by order_id"


def alone(contract: Contract, entity: Entity, place: Place) -> str:
    """Return a select of one row that reads all that a fingerprint reads of a view."""
    return f"select sum(hash({_hash(contract, entity, place)})) as rows from {place.relation}"


def windowed(contract: Contract, places: Places, window: Window) -> dict[str, Place]:
    """Return the views cut to the orders of a window of time."""
    return between(contract, places, timestamp(window.start), timestamp(window.end))


def of_order(contract: Contract, places: Places, order_id: str) -> dict[str, Place]:
    """Return the views cut to one order."""
    wanted = f"{_key(contract)} = {literal(order_id)}"
    return {name: place.where(wanted) for name, place in places.items()}


def of_chosen(contract: Contract, place: Place) -> Place:
    """Return a view cut to the orders of `CHOSEN`."""
    return place.where(f"{_key(contract)} in (select order_id from {CHOSEN})")


def nothing(name: str) -> str:
    """Return the statement that makes a temporary view of the session like `CHOSEN`, but empty."""
    empty = "select cast(null as string) as order_id where false"
    return f"create or replace temporary view {name} as {empty}"


def ids(contract: Contract, place: Place) -> str:
    """Return a select of (order_id): the orders of the rows of a view."""
    return f"select distinct {_key(contract)} as order_id from {place.relation}"


def _key(contract: Contract) -> str:
    return f"cast({quote(contract.key)} as string)"


def _rows_of(contract: Contract, entity: Entity, place: Place, columns: Columns) -> str:
    """Return a select of an order's id, a hash and the facts; nulls in the rows of children."""
    is_orders = entity is contract.orders
    known = [
        f"{place.sends[name] if is_orders else 'null'} as {quote(name)}"
        for name in facts(contract, columns)
    ]
    values = [
        f"cast({quote(entity.keys[0])} as string) as order_id",
        f"{_hash(contract, entity, place)} as fingerprint",
        f"{'true' if is_orders else 'cast(null as boolean)'} as is_order",
        *known,
    ]
    return f"select {', '.join(values)} from {place.relation}"


def _hash(contract: Contract, entity: Entity, place: Place) -> str:
    """Return SQL of a hash of all values of a row that cause a send, and of what changes them.

    The function skips nulls, so that a text of which values are null is hashed beside them.
    """
    names = dict.fromkeys(sent(entity, place.hashes))
    if entity is contract.orders:
        present: Collection[str] = standing_columns(contract, {entity.name: list(place.hashes)})
        names |= dict.fromkeys(present)
    nulls = ", ".join(f"if({quote(name)} is null, '1', '0')" for name in names)
    values = ", ".join(place.hashes[name] for name in names)
    return f"xxhash64({literal(entity.name)}, {values}, concat({nulls}))"


def columns_of(relation: str) -> str:
    """Return a select without rows of all columns of a relation."""
    return f"select * from {relation} limit 0"


def analysed(relation: str) -> str:
    """Return the statement that tells how a view, and all views behind it, are understood."""
    return f"explain extended select * from {relation}"


def described(relation: str) -> str:
    """Return the statement that tells the text of a view."""
    return f"describe table extended {relation}"


def settings() -> Sequence[tuple[str, str]]:
    """Return the settings of a session, whatever those of the cluster are."""
    return (
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.ansi.enabled", "true"),
        ("spark.sql.ansi.doubleQuotedIdentifiers", "true"),
        ("spark.sql.debug.maxToStringFields", "100000"),
    )

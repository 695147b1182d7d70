"""SQL that copies the rows of chosen orders out of the views."""

from collections.abc import Collection, Mapping

from connector.compile import Columns, literal, quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.windows import Window

RANK = "__rank"  # numbers the staged orders, the oldest first; no column of a view has this name
TYPES = {
    "string": "varchar",
    "timestamp": "timestamptz",
    "number": "decimal(18, 2)",
    "integer": "bigint",
    "boolean": "boolean",
    "strings": "varchar[]",
}


def kinds(entity: Entity) -> dict[str, str]:
    """Return the kind of each column that the contract defines for an entity's view, keys first."""
    known = dict.fromkeys(entity.keys, "string")
    known |= {field.column: field.kind for field in entity.fields}
    known |= {
        column: "timestamp" if schema.get("format") == "date-time" else schema["type"]
        for column, schema in entity.hidden.items()
    }
    return known | ({"_position": "integer"} if entity.label else {})


def staged(
    entity: Entity,
    relation: str | None,
    columns: Columns,
    instead: Mapping[str, str],
    also: Collection[str] = (),
) -> str:
    """Return a select of every column of the contract from a view, with nulls for missing ones.

    `relation` is the quoted name of the view; without it the select has no rows. `instead` has SQL
    that replaces some columns, `also` are further columns.
    """
    present = columns.get(entity.name, ())
    taken = {column: quote(column) for column in present} | dict(instead)
    values = [
        f"{taken.get(column, f'cast(null as {TYPES[kind]})')} as {quote(column)}"
        for column, kind in kinds(entity).items()
    ]
    values += map(quote, also)
    return f"select {', '.join(values)} " + (f"from {relation}" if relation else "where false")


def windowed(contract: Contract, relations: Mapping[str, str], window: Window) -> dict[str, str]:
    """Return the views cut to the orders of a window of time, as selects in place of names."""
    key, moment = quote(contract.key), quote(contract.order_by)
    orders = relations[contract.orders.name]
    start, end = (literal(each.isoformat()) for each in (window.start, window.end))
    bounds = f"{moment} >= timestamptz {start} and {moment} < timestamptz {end}"
    cut = {
        name: f"(from {relation} where {key} in (select {key} from {orders} where {bounds}))"
        for name, relation in relations.items()
    }
    return cut | {contract.orders.name: f"(from {orders} where {bounds})"}


def of_order(contract: Contract, relations: Mapping[str, str], order_id: str) -> dict[str, str]:
    """Return the views cut to one order, as selects in place of names.

    The condition on the key can be pushed down into the view, so that not all of it is computed.
    """
    is_wanted = f"{quote(contract.key)} = {literal(order_id)}"
    return {name: f"(from {relation} where {is_wanted})" for name, relation in relations.items()}


def periods(contract: Contract, relations: Mapping[str, str]) -> str:
    """Return a select of (start, orders): how many orders each `$size` of time has, in UTC."""
    moment = f"{quote(contract.order_by)} at time zone 'UTC'"
    return (
        f"select date_trunc($size, {moment}) as start, count(*) as orders "
        f"from {relations[contract.orders.name]} group by start order by start"
    )


def of_orders(contract: Contract, rows: str) -> str:
    """Return those of the rows (a select) that belong to orders of `work.ranked`, sorted by rank.

    The rank becomes a column, by which a chunk of orders is found.
    """
    return (
        f"select ranked.rank as {quote(RANK)}, staged.* from ({rows}) as staged inner join "
        f"work.ranked as ranked on ranked.order_id = staged.{quote(contract.key)} "
        f"order by {quote(RANK)}"
    )


def of_no_orders(entity: Entity) -> str:
    """Return a select of the columns that `of_orders` returns of an entity, without rows."""
    return f"select null::bigint as {quote(RANK)}, * from ({staged(entity, None, {}, {})})"


def within(rank: str, ranks: str | None) -> str:
    """Return the condition that a rank lies between `$first` and `$last` and is one of `ranks`.

    `ranks` is a select; an empty text allows all ranks between the two, and None any rank.
    """
    if ranks is None:
        return "true"
    return f"{rank} between $first and $last" + (f" and {rank} in ({ranks})" if ranks else "")


def sliced(entity: Entity, ranks: str = "") -> str:
    """Return the staged rows of an entity whose ranks are `within` those."""
    return f"(from staged.{quote(entity.name)} where {within(quote(RANK), ranks)})"


def lists(contract: Contract) -> str:
    """Return a select of (name, rows, parents): the staged rows of each list, and of its parent.

    It is empty when the contract has no lists.
    """
    rows = "(select count(*) from staged.{})".format
    pairs = [(each.name, own.name) for own in contract.entities() for each in own.children]
    return " union all ".join(
        f"select {literal(name)}, {rows(quote(name))}, {rows(quote(parent))}"
        for name, parent in pairs
    )


def fanned_out(entity: Entity) -> str:
    """Return a select of the staged orders with a list in which a position is null or repeated."""
    table, rank = f"staged.{quote(entity.name)}", quote(RANK)
    keys = ", ".join(map(quote, (RANK, *entity.keys[1:], "_position")))
    broken = f"group by {keys} having count(*) > 1 or _position is null order by {rank} limit 3"
    return (
        f"select distinct {quote(entity.keys[0])} as order_id from {table} "
        f"where {rank} in (select {rank} from {table} {broken}) order by order_id"
    )


def repeated(entity: Entity, relation: str) -> str:
    """Return a select of up to 3 orders of a view with a position that is null or repeated."""
    first, keys = quote(entity.keys[0]), ", ".join(map(quote, (*entity.keys, "_position")))
    return (
        f"select distinct {first} as order_id from {relation} where {first} is not null "
        f"group by {keys} having count(*) > 1 or _position is null order by order_id limit 3"
    )


def suspicious(entity: Entity, relation: str) -> str:
    """Return the rows of a view whose orders may have a position that is null or repeated.

    A bit for each position tells quickly that all of an order differ, unless a list lies within
    another one, or is long.
    """
    if len(entity.keys) > 1:
        return relation
    key = quote(entity.keys[0])
    bits = "bit_or(case when _position between 0 and 61 then 1::bigint << _position::integer end)"
    return (
        f"(from {relation} where {key} in (select {key} from {relation} group by {key} "
        f"having count(*) <> coalesce(bit_count({bits}), 0)))"
    )


def orphans(relation: str, key: str) -> str:
    """Return a select of (orders, examples): the orders of a child that are not in `work.seen`.

    The examples are up to 3 ids; `key` is the column of the id.
    """
    return (
        "select count(*), list(child.order_id order by child.order_id)[:3] "
        f"from (select distinct {quote(key)} as order_id from {relation}) as child "
        "inner join work.seen on seen.order_id is not distinct from child.order_id "
        "where seen.times = 0 or child.order_id is null"
    )

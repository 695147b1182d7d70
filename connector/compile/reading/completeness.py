"""SQL that counts the orders for which a view has rows, or a column has values."""

from collections.abc import Collection

from connector.compile import literal, quote
from connector.compile.reading.stage import RANK, kinds
from connector.contract.contract import Contract
from connector.contract.entity import Entity


def counted(contract: Contract, empty: Collection[str] = ()) -> str:
    """Return a select of (entity, column_name, orders, is_emptied) over the staged orders.

    An empty column name stands for the rows of the view. `orders` is a lower bound: where an order
    has several rows, the number of rows with a value is divided by the length of the longest list.
    `is_emptied` is always false. Entities in `empty` have no staged rows, and are not counted.
    """
    return " union all ".join(
        _uncounted(each) if each.name in empty else _counted(each) for each in contract.entities()
    )


def _uncounted(entity: Entity) -> str:
    names = ", ".join(map(literal, ("", *columns(entity))))
    return (
        f"select {literal(entity.name)} as entity, unnest([{names}]) as column_name, "
        "0::bigint as orders, false as is_emptied"
    )


def columns(entity: Entity) -> list[str]:
    """Return the columns of an entity that are watched for losing all their values."""
    return [name for name in kinds(entity) if name not in (*entity.keys, "_position")]


def has_any(relation: str, names: list[str]) -> str:
    """Return a select of one row: whether a view has rows, and whether each column has values."""
    each = "".join(f", bool_or({quote(name)} is not null)" for name in names)
    return f"select count(*) > 0{each} from {relation}"


def _counted(entity: Entity) -> str:
    names, table = columns(entity), f"staged.{quote(entity.name)}"
    label = literal(entity.name)
    counts = ", ".join(f"count({quote(name)})" for name in names)
    longest = (
        f"(select count(*) as orders, max(items) as longest from "
        f"(select count(*) as items from {table} group by {quote(RANK)}))"
    )
    return (
        f"select {label} as entity, '' as column_name, orders, false as is_emptied from {longest} "
        f"union all select {label}, column_name, ceil(rows / longest)::bigint, false from "
        f"(select unnest([{', '.join(map(literal, names))}]) as column_name, "
        f"unnest([{counts}]) as rows from {table}) cross join {longest}"
    )
